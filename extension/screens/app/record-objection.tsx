import { useState } from 'preact/hooks'
import { type DisputeReason, disputeReasons } from '../../../shared/protocol/dispute.ts'
import type { RecordStanding, RecordView } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/field.tsx'
import { Failure } from '../parts/failure.tsx'
import { useAct } from '../snapshot.ts'

const reasonsInWords: Record<DisputeReason, string> = {
  'not-mine': 'It is about somebody else',
  'never-happened': 'This never happened',
  'not-correct': 'Something in it is wrong',
  repeated: 'It repeats another record',
  other: 'Another reason',
}

const answersInWords = {
  waiting: 'It is signed, and will be on the ledger in a moment.',
  open: 'It is on the ledger. Nobody has answered yet.',
  upheld: 'The health authority found that you are right.',
  dismissed: 'The health authority found that the record is right.',
}

/** What the patient said against the record, and the two things that can be said. */
export function Objection({ record, standing }: { record: RecordView; standing: RecordStanding }) {
  const { dispute, withdrawn } = standing
  return (
    <>
      {dispute && (
        <Banner tone="caution" title={`You said: ${reasonsInWords[dispute.reason]}`}>
          {dispute.words && <p>“{dispute.words}”</p>}
          <p>{answersInWords[dispute.status]}</p>
        </Banner>
      )}
      {withdrawn && (
        <Banner tone="info" title="You withdrew this record">
          <p>
            {withdrawn === 'stated'
              ? 'The ledger says so to everybody who looks.'
              : 'It is signed, and will be on the ledger in a moment.'}{' '}
            Carekey offers it to nobody. Your own copy is still here, and hospitals may keep theirs.
          </p>
        </Banner>
      )}
      {record.status === 'saved' && (
        <div class="row">
          {!dispute && <SayWrong record={record} />}
          {!withdrawn && <Withdraw record={record} />}
        </div>
      )}
    </>
  )
}

function SayWrong({ record }: { record: RecordView }) {
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState<DisputeReason | null>(null)
  const [words, setWords] = useState('')
  const { name } = record.author
  const say = useAct(async () => {
    if (!reason) return
    await ask('records.dispute', { commitment: record.commitment, reason, words })
    setAsking(false)
  })
  return (
    <div>
      <Button onClick={() => setAsking(true)}>This is wrong</Button>
      {asking && (
        <Dialog
          title="What is wrong with this record?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
              <Button
                kind="primary"
                busy={say.running && 'Writing it on the ledger…'}
                disabled={reason === null}
                onClick={say.run}
              >
                Say so
              </Button>
            </>
          }
        >
          <fieldset class="objection-reasons">
            <legend class="hidden-text">Reason</legend>
            {disputeReasons.map((one) => (
              <label key={one}>
                <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
                <span>{reasonsInWords[one]}</span>
              </label>
            ))}
          </fieldset>
          <TextField label="In your own words, if you like" value={words} onInput={setWords} />
          <p class="small muted">
            Everybody can see the reason on the ledger, under the name that only {name} knows you by. Your
            words stay in your Carekey; the ledger gets a seal of them, by which you can prove later what you
            wrote. You can say this once, and not take it back.
          </p>
          <Failure error={say.error} />
        </Dialog>
      )}
    </div>
  )
}

function Withdraw({ record }: { record: RecordView }) {
  const [asking, setAsking] = useState(false)
  const withdraw = useAct(async () => {
    await ask('records.withdraw', { commitment: record.commitment })
    setAsking(false)
  })
  return (
    <div>
      <Button kind="danger" onClick={() => setAsking(true)}>
        Mark as withdrawn
      </Button>
      {asking && (
        <Dialog
          title="Mark this record as withdrawn?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it as it is</Button>
              <Button
                kind="danger"
                busy={withdraw.running && 'Writing it on the ledger…'}
                onClick={withdraw.run}
              >
                Mark as withdrawn
              </Button>
            </>
          }
        >
          <p>
            The ledger will say, for ever, that you withdrew it, and Carekey offers it to nobody any more.
          </p>
          <p>
            What remains: the ledger’s note that {record.author.name} wrote a record for you, your own copy
            here, whatever hospitals have copied, and sharing that runs until you end it.
          </p>
          <Failure error={withdraw.error} />
        </Dialog>
      )}
    </div>
  )
}
