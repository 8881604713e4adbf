import type { RecordStanding, RecordView } from '../../snapshots.ts'
import { Badge } from '../components/card.tsx'
import { ListRow } from '../components/list-row.tsx'
import { standingBadge } from '../words/standing.ts'
import { dateInWords } from '../words/time.ts'
import { categoryIcons } from './category-icons.ts'

const waits = { saving: 'Being saved', waiting: 'Waiting for the ledger' }

export function RecordRow({
  record,
  href,
  dated = true,
  standing = 'unasked',
}: {
  record: RecordView
  href: string
  dated?: boolean
  /** What those who check it have said. */
  standing?: RecordStanding['state'] | undefined
}) {
  const by = record.author.name
  const badge =
    record.status === 'saved'
      ? standingBadge(standing)
      : { text: waits[record.status], tone: 'caution' as const }
  return (
    <ListRow
      href={href}
      icon={categoryIcons[record.category]}
      title={record.title}
      note={dated ? `${dateInWords(record.period.end)} · ${by}` : by}
      end={badge && <Badge tone={badge.tone}>{badge.text}</Badge>}
    />
  )
}
