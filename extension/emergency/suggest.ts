import { type EmergencySection, emergencySections } from '../../shared/fhir/emergency-summary.ts'
import type { EmergencyEntry } from '../emergency-snapshots.ts'
import type { Summary } from '../snapshots.ts'
import { limits } from './limits.ts'
import type { World } from './ports.ts'

/** Kinds of records that may say something of allergies, medicines or problems. */
const telling: ReadonlySet<string> = new Set([...emergencySections, 'documents'])

export interface Suggestion {
  name: string | null
  birthDate: string | null
  entries: EmergencyEntry[]
}

/** What the patient's own records say that could help in an emergency; a line that stands in several is shown once. */
export async function suggest(world: World): Promise<Suggestion> {
  const records = (await world.records())
    .filter(({ category }) => telling.has(category))
    .sort((a, b) => b.issuedAt.localeCompare(a.issuedAt))
    .slice(0, limits.recordsRead)
  const found: Suggestion = { name: null, birthDate: null, entries: [] }
  const seen = new Set<string>()
  for (const { commitment } of records) {
    // One that cannot be read now suggests nothing; the others do.
    const summary = await world.readRecord(commitment).catch(() => null)
    if (!summary) continue
    found.name ??= summary.patient?.name ?? null
    found.birthDate ??= fullDate(summary.patient?.birthDate)
    for (const entry of entriesOf(summary)) {
      const key = `${entry.section} ${entry.text.toLowerCase()}`
      if (seen.has(key) || found.entries.length >= limits.suggestions) continue
      seen.add(key)
      found.entries.push(entry)
    }
  }
  return found
}

const fullDate = (date: string | undefined) => (date && /^\d{4}-\d\d-\d\d$/.test(date) ? date : null)

function entriesOf({ sections }: Summary): EmergencyEntry[] {
  return sections.flatMap(({ category, rows }) => {
    const section = emergencySections.find((one): one is EmergencySection => one === category)
    if (!section) return []
    return rows
      .filter(({ label }) => label.trim() !== '')
      .map(({ label, value, note }) => ({
        section,
        text: label.trim().slice(0, 200),
        note: [value, note].filter(Boolean).join('. ').slice(0, 300),
      }))
  })
}
