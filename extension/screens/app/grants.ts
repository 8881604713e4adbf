import type { Category } from '../../../shared/protocol/categories.ts'
import type { GrantView } from '../../snapshots.ts'
import { listInWords, recordsInWords } from '../words/sentences.ts'
import { momentInWords, type Reader, readerNow } from '../words/time.ts'

/** Whether the organization can still open something, or will in a moment. */
export const isLive = ({ status }: Pick<GrantView, 'status'>): boolean =>
  status === 'submitting' || status === 'active' || status === 'revoking'

export function countByCategory(records: GrantView['records']): { category: Category; count: number }[] {
  const counts = new Map<Category, number>()
  for (const { category } of records) counts.set(category, (counts.get(category) ?? 0) + 1)
  return [...counts].map(([category, count]) => ({ category, count }))
}

/** "1 laboratory report, until tomorrow, 14:00"; "checks “Lipid panel” until tomorrow, 14:00" */
export function grantedInWords(grant: GrantView, reader: Reader = readerNow()): string {
  if (grant.reviewFor) {
    const title = grant.records[0]?.title
    const what = title ? `“${title}”` : 'a record'
    const verb = isLive(grant) ? 'Checks' : 'Was to check'
    return `${verb} ${what} for ${grant.reviewFor.name}, until ${momentInWords(grant.notAfter, reader)}`
  }
  const records = recordsInWords(countByCategory(grant.records))
  return `${records}, until ${momentInWords(grant.notAfter, reader)}`
}

export function grantBadge({ status, replacedBy }: Pick<GrantView, 'status' | 'replacedBy'>): {
  text: string
  tone: 'neutral' | 'good' | 'caution'
} {
  switch (status) {
    case 'submitting':
      return { text: 'Being written', tone: 'caution' }
    case 'active':
      return { text: 'Active', tone: 'good' }
    case 'revoking':
      return { text: 'Being ended', tone: 'caution' }
    case 'revoked':
      return { text: replacedBy ? 'Changed by you' : 'Ended by you', tone: 'neutral' }
    case 'expired':
      return { text: 'Ran out', tone: 'neutral' }
    case 'failed':
      return { text: 'Never began', tone: 'neutral' }
  }
}

/** "has already opened “Complete blood count”", each record once, however many kept a note of it. */
export function openedInWords({ opened, records }: Pick<GrantView, 'opened' | 'records'>): string {
  if (opened.length === 0) return 'has opened nothing so far'
  const seen = new Set(opened.map(({ commitment }) => commitment))
  const titles = records.filter(({ commitment }) => seen.has(commitment)).map(({ title }) => `“${title}”`)
  if (titles.length === 0) return 'has already opened some of it'
  return `has already opened ${titles.length > 3 ? `${titles.length} records` : listInWords(titles)}`
}
