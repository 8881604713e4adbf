import type { StoredRecord } from './schemas.ts'
import { recordOf } from './test-index.ts'

/** The parts of a statement that say when: of one day, issued on it. */
export const onDay = (date: string) => ({ period: { start: date, end: date }, issuedAt: `${date}T10:00:00Z` })
export const saved = { status: 'saved' as const }
/** Four records of two months and three categories. */
export const lipids = recordOf({ title: 'Lipid panel', ...onDay('2026-10-03') }, saved)
export const thorax = recordOf(
  { title: 'Röntgen Thorax', category: 'imaging', ...onDay('2026-11-20') },
  saved,
)
export const glucose = recordOf(
  { title: 'Glucose', practitioner: 'Dr. Ó Briain', ...onDay('2026-10-21') },
  saved,
)
export const therapy = recordOf(
  { title: 'Session notes', category: 'mental-health', ...onDay('2026-10-25') },
  saved,
)
export const all = [lipids, thorax, glucose, therapy]
export const titles = (records: readonly StoredRecord[]) => records.map(({ statement }) => statement.title)
