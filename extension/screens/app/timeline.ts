import { type Category, categories } from '../../../shared/protocol/categories.ts'
import type { RecordView } from '../../snapshots.ts'
import { categoryHeading } from '../words/sentences.ts'
import { readerLocale } from '../words/time.ts'

export interface Group {
  key: string
  heading: string
  records: RecordView[]
}

/** Newest first by the end of the time they speak of, then by when they were written. */
const newestFirst = (one: RecordView, other: RecordView) =>
  other.period.end.localeCompare(one.period.end) || other.issuedAt.localeCompare(one.issuedAt)

/** Without those that a newer version here replaces. */
export function newestVersions(records: readonly RecordView[]): RecordView[] {
  const replaced = new Set(records.map(({ previous }) => previous))
  return records.filter(({ commitment }) => !replaced.has(commitment))
}

export interface Version {
  record: RecordView
  /** 1 for the first that is here; of a fork, several have the same. */
  number: number
  /** Another version follows the same former one. */
  forked: boolean
}

/** Everything that is connected with the record by former versions, newest first; forks side by side. */
export function versionsOf(records: readonly RecordView[], record: RecordView): Version[] {
  const byId = new Map<string, RecordView>(records.map((one) => [one.commitment, one]))
  let first = record
  // Versions that name each other have no first: any of them will do.
  const passed = new Set<RecordView>()
  for (let one: RecordView | undefined = record; one && !passed.has(one); ) {
    passed.add(one)
    first = one
    one = one.previous ? byId.get(one.previous) : undefined
  }
  const versions: Version[] = []
  const seen = new Set<RecordView>()
  const walk = (one: RecordView, number: number, forked: boolean) => {
    if (seen.has(one)) return
    seen.add(one)
    versions.push({ record: one, number, forked })
    const next = records.filter(({ previous }) => previous === one.commitment)
    for (const each of next) walk(each, number + 1, next.length > 1)
  }
  walk(first, 1, false)
  return versions.sort(
    (one, other) => other.number - one.number || other.record.issuedAt.localeCompare(one.record.issuedAt),
  )
}

/** The newest versions that come after this one; several after a fork. */
export function newerThan(versions: readonly Version[], record: RecordView): RecordView[] {
  const records = versions.map((version) => version.record)
  const seen = new Set([record])
  const after = (one: RecordView): RecordView[] => {
    const next = records.filter((each) => each.previous === one.commitment && !seen.has(each))
    for (const each of next) seen.add(each)
    return next.length === 0 ? [one] : next.flatMap(after)
  }
  const newest = new Set(after(record))
  return records.filter((one) => newest.has(one) && one !== record)
}

/** "November 2026", newest month first. */
export function byMonth(records: readonly RecordView[], locale: string = readerLocale()): Group[] {
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return group(
    [...records].sort(newestFirst),
    ({ period }) => period.end.slice(0, 7),
    (key) => month.format(Date.parse(`${key}-01T00:00:00Z`)),
  )
}

/** In the order in which categories are listed everywhere. */
export function byCategory(records: readonly RecordView[]): Group[] {
  const sorted = [...records].sort(newestFirst)
  return categories
    .map((category: Category) => ({
      key: category,
      heading: categoryHeading(category),
      records: sorted.filter((record) => record.category === category),
    }))
    .filter((found) => found.records.length > 0)
}

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()

/** Every word must be found somewhere in what the list shows of a record; case and accents do not matter. */
export function search(records: readonly RecordView[], query: string): RecordView[] {
  const words = plain(query).split(/\s+/).filter(Boolean)
  return records.filter((record) => {
    const shown = [
      record.title,
      categoryHeading(record.category),
      record.author.name,
      record.practitioner,
      record.period.start,
      record.period.end,
    ]
    const text = plain(shown.join(' '))
    return words.every((word) => text.includes(word))
  })
}

function group(
  sorted: readonly RecordView[],
  keyOf: (record: RecordView) => string,
  headingOf: (key: string) => string,
): Group[] {
  const groups = new Map<string, Group>()
  for (const record of sorted) {
    const key = keyOf(record)
    const found = groups.get(key) ?? { key, heading: headingOf(key), records: [] }
    found.records.push(record)
    groups.set(key, found)
  }
  return [...groups.values()]
}
