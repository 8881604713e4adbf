import { useState } from 'preact/hooks'
import { type DisputeReason, disputeReasons } from '../../../shared/protocol/dispute.ts'
import type { RecordView } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Failure } from '../parts/failure.tsx'
import { useAct } from '../snapshot.ts'

export const disputeReasonsInWords: Readonly<Record<DisputeReason, string>> = {
  'not-mine': 'This is not for me',
  'never-happened': 'This never happened',
  'not-correct': 'Something in it is wrong',
  repeated: 'I had this bill before',
  other: 'Another reason',
}

/** Asks for the reason, of equal weight each and none chosen, and says what becomes of it before it is signed. */
export function DisputeBill({ record }: { record: RecordView }) {
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState<DisputeReason | null>(null)
  const dispute = useAct(async () => {
    if (!reason) return
    await ask('bills.dispute', { commitment: record.commitment, reason })
    setAsking(false)
  })
  return (
    <div>
      <Button label={`Dispute “${record.title}”`} onClick={() => setAsking(true)}>
        Dispute this bill
      </Button>
      {asking && (
        <Dialog
          title="What is wrong with this bill?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
              <Button
                kind="primary"
                busy={dispute.running && 'Writing it on the ledger…'}
                disabled={reason === null}
                onClick={dispute.run}
              >
                Dispute
              </Button>
            </>
          }
        >
          <fieldset class="dispute-reasons">
            <legend class="hidden-text">Reason</legend>
            {disputeReasons.map((one) => (
              <label key={one}>
                <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
                <span>{disputeReasonsInWords[one]}</span>
              </label>
            ))}
          </fieldset>
          <p class="small muted">
            {record.author.name} and the health authority see this reason on the public ledger, under the name
            that only {record.author.name} knows you by. It does not say that it is a bill. It cannot be taken
            back, and you can say it once.
          </p>
          <Failure error={dispute.error} />
        </Dialog>
      )}
    </div>
  )
}
