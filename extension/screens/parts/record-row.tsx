import type { RecordView } from '../../snapshots.ts'
import { Badge } from '../components/card.tsx'
import { ListRow } from '../components/list-row.tsx'
import { dateInWords } from '../words/time.ts'
import { categoryIcons } from './category-icons.ts'

const waits = { saving: 'Being saved', waiting: 'Waiting for the ledger' }

export function RecordRow({
  record,
  href,
  dated = true,
}: {
  record: RecordView
  href: string
  dated?: boolean
}) {
  const by = record.author.name
  return (
    <ListRow
      href={href}
      icon={categoryIcons[record.category]}
      title={record.title}
      note={dated ? `${dateInWords(record.period.end)} · ${by}` : by}
      end={record.status === 'saved' ? undefined : <Badge tone="caution">{waits[record.status]}</Badge>}
    />
  )
}
