import { FileDown, OctagonX } from 'lucide'
import { useState } from 'preact/hooks'
import type { EmergencyCaseView } from '../../emergency-snapshots.ts'
import { ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Button } from '../components/button.tsx'
import { Badge, Card, Facts } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TechnicalDetails } from '../components/technical-details.tsx'
import { Failure } from '../parts/failure.tsx'
import { downloadText } from '../platform.ts'
import { useAct } from '../snapshot.ts'
import { capitalized, momentInWords } from '../words/time.ts'
import { caseInWords, fetchedInWords, isLive, reasonInWords, reviewInWords, stateInWords } from './words.ts'

/** One use of a card: who, why, until when, whether it was read and reviewed; and the way to stop it. */
export function CaseCard({ one }: { one: EmergencyCaseView }) {
  const live = isLive(one)
  return (
    <Card
      title={one.of === null ? 'Your card was used' : `${one.of}’s card was used`}
      action={<Badge tone={live ? 'caution' : 'neutral'}>{stateInWords[one.state]}</Badge>}
    >
      <p>{caseInWords(one)}</p>
      <Facts
        facts={[
          ['Why', reasonInWords(one)],
          ['When', capitalized(momentInWords(one.openedAt))],
          ['Summary fetched', fetchedInWords(one)],
          ['Review', reviewInWords(one)],
        ]}
      />
      {one.vetoing && one.state !== 'vetoed' && (
        <Banner tone="info" title="Being stopped">
          <p>Your word is signed and on its way to the ledger.</p>
        </Banner>
      )}
      {live && <Stop one={one} />}
      {!live && one.vetoing && <ExportVeto one={one} />}
      <TechnicalDetails
        details={[
          ['Case on the ledger', one.id],
          ['Practitioner', one.practitioner],
        ]}
      />
    </Card>
  )
}

function Stop({ one }: { one: EmergencyCaseView }) {
  const [asking, setAsking] = useState(false)
  const veto = useAct(async () => {
    await ask('emergency.veto', { id: one.id })
    setAsking(false)
  })
  const whose = one.of === null ? 'your' : `${one.of}’s`
  return (
    <div class="emergency-actions">
      <Button kind="danger" icon={OctagonX} onClick={() => setAsking(true)}>
        Stop this
      </Button>
      {asking && (
        <Dialog
          title={`Stop the use of ${whose} emergency card?`}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Let it go on</Button>
              <Button kind="danger" busy={veto.running && 'Stopping…'} onClick={veto.run}>
                Stop it now
              </Button>
            </>
          }
        >
          <p>
            {one.state === 'waiting'
              ? `Nobody will be able to read ${whose} summary in this emergency. Do this if there is no emergency, or if you do not want help in this way.`
              : 'No key holder gives out its part any more. What was read already cannot be unseen.'}
          </p>
          <p>The card stays in force: it can be used again another time.</p>
          <Failure error={veto.error} />
        </Dialog>
      )}
    </div>
  )
}

/** For the case that the relay is gone. */
function ExportVeto({ one }: { one: EmergencyCaseView }) {
  const save = useAct(async () => {
    const { json, filename } = await ask('emergency.exportVeto', { id: one.id })
    downloadText(json, filename, 'application/json')
  })
  return (
    <div>
      <Button kind="quiet" icon={FileDown} busy={save.running && 'Making the file…'} onClick={save.run}>
        Keep the signed stop as a file
      </Button>
      <Failure error={save.error} />
    </div>
  )
}
