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

/** All versions of the record, newest first. */
export function versionsOf(records: readonly RecordView[], record: RecordView): RecordView[] {
  const byId = new Map<string, RecordView>(records.map((one) => [one.commitment, one]))
  const byPrevious = new Map<string | null, RecordView>(records.map((one) => [one.previous, one]))
  const seen = new Set<RecordView>([record])
  const walk = (next: (from: RecordView) => RecordView | undefined): RecordView[] => {
    const found: RecordView[] = []
    for (let one = next(record); one && !seen.has(one); one = next(one)) {
      seen.add(one)
      found.push(one)
    }
    return found
  }
  const newer = walk(({ commitment }) => byPrevious.get(commitment))
  const older = walk(({ previous }) => (previous ? byId.get(previous) : undefined))
  return [...newer.reverse(), record, ...older]
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
