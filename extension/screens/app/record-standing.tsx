import { CircleCheck, CircleDashed, CircleX, type IconNode } from 'lucide'
import type { RecordStanding, RecordView } from '../../snapshots.ts'
import { Badge, Card } from '../components/card.tsx'
import { Icon } from '../components/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useSnapshot } from '../snapshot.ts'
import { choiceInWords, standingBadge, standingInWords } from '../words/standing.ts'
import { Objection } from './record-objection.tsx'

/** What others have said of the record, as the ledger has it. */
export function Standing({ record }: { record: RecordView }) {
  const standing = useSnapshot('records.standing', { commitment: record.commitment })
  const badge = standing.state === 'ready' ? standingBadge(standing.value.state) : null
  return (
    <Card title="What others say" action={badge && <Badge tone={badge.tone}>{badge.text}</Badge>}>
      <Loaded snapshot={standing} label="Asking the ledger…">
        {(found) => (
          <>
            <p>{standingInWords(found, record.author.name)}</p>
            {found.votes.length > 0 && <Votes votes={found.votes} />}
            <Objection record={record} standing={found} />
          </>
        )}
      </Loaded>
    </Card>
  )
}

const icons: Record<'for' | 'against' | 'none', IconNode> = {
  for: CircleCheck,
  against: CircleX,
  none: CircleDashed,
}

function Votes({ votes }: Pick<RecordStanding, 'votes'>) {
  return (
    <ul class="verified">
      {votes.map(({ organization, choice }) => (
        <li key={organization.id}>
          <Icon node={icons[choice === null ? 'none' : choice === 'approve' ? 'for' : 'against']} />
          {organization.name} {choice === null ? 'has not answered yet' : choiceInWords[choice]}.
        </li>
      ))}
    </ul>
  )
}
