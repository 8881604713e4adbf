import { ArrowLeft, HeartHandshake } from 'lucide'
import { useState } from 'preact/hooks'
import type { CarerView } from '../../care-snapshots.ts'
import { type Asked, ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { Badge, Card, Facts } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icon.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useAct, useSnapshot } from '../snapshot.ts'
import { capitalized, momentInWords } from '../words/time.ts'
import { HandOver } from './hand-over.tsx'
import { InviteForm } from './invite-form.tsx'
import { PasteField } from './paste-field.tsx'
import { carerStates, comparedCode, roleInWords } from './words.ts'
import './care.css'

/** Who may act for the patient: invite, check the answer, sign, end. */
export function CarersPage() {
  const view = useSnapshot('care.carers', {})
  const [answer, setAnswer] = useState<Asked<'care.readAnswer'> | null>(null)
  if (answer) return <CheckAnswer answer={answer} onClose={() => setAnswer(null)} />
  return (
    <>
      <a class="back" href="#/settings">
        <Icon node={ArrowLeft} size={16} />
        Back to Settings
      </a>
      <div class="page-head">
        <h1>Your carers</h1>
        <p class="muted">
          Somebody you trust may look on, or act for you, towards one hospital and until a day that you
          choose. They need a Carekey of their own. They get no record and no key of yours.
        </p>
      </div>
      <Loaded snapshot={view} label="Fetching your carers…">
        {(ready) => <Carers view={ready} onAnswer={setAnswer} />}
      </Loaded>
    </>
  )
}

function Carers({
  view,
  onAnswer,
}: {
  view: Asked<'care.carers'>
  onAnswer: (answer: Asked<'care.readAnswer'>) => void
}) {
  const { available, carers, organizations } = view
  const [inviting, setInviting] = useState(false)
  if (!available) {
    return (
      <EmptyState alone tone="neutral" icon={HeartHandshake} title="This network has no carers">
        <p>Its ledger was set up without them.</p>
      </EmptyState>
    )
  }
  return (
    <>
      {carers.some(({ state }) => state === 'invited') && <Answer onAnswer={onAnswer} />}
      {carers.map((carer) => (
        <CarerCard key={carer.nonce} carer={carer} />
      ))}
      {inviting && <InviteForm organizations={organizations} onClose={() => setInviting(false)} />}
      {!inviting && organizations.length === 0 && (
        <p class="muted">Connect a hospital first: a carer acts towards one that knows you.</p>
      )}
      {!inviting && organizations.length > 0 && (
        <div>
          <Button
            kind={carers.length === 0 ? 'primary' : 'plain'}
            icon={HeartHandshake}
            onClick={() => setInviting(true)}
          >
            Invite a carer
          </Button>
        </div>
      )}
    </>
  )
}

function Answer({ onAnswer }: { onAnswer: (answer: Asked<'care.readAnswer'>) => void }) {
  const [text, setText] = useState('')
  const read = useAct(async () => onAnswer(await ask('care.readAnswer', { text })))
  return (
    <Card title="You have their answer?">
      <PasteField
        label="Your carer’s answer"
        hint="The text, or the scanned codes, that their Carekey shows once it took in your invitation."
        value={text}
        onInput={setText}
      />
      <div>
        <Button disabled={text.trim() === ''} busy={read.running && 'Reading it…'} onClick={read.run}>
          Continue
        </Button>
      </div>
      <Failure error={read.error} />
    </Card>
  )
}

function CheckAnswer({ answer, onClose }: { answer: Asked<'care.readAnswer'>; onClose: () => void }) {
  const { carer, delegate } = answer
  const sign = useAct(async () => {
    await ask('care.sign', { nonce: carer.nonce, delegate })
    onClose()
  })
  return (
    <>
      <h1>Check before you sign</h1>
      <Card>
        <Facts
          facts={[
            ['Who', carer.carer],
            ['Towards', carer.organization.name],
            ['May', `${roleInWords[carer.role].name}. ${roleInWords[carer.role].note}`],
            ['Until', capitalized(momentInWords(carer.notAfter))],
            [
              'Their code',
              <code class="care-code" translate={false}>
                {comparedCode(delegate)}
              </code>,
            ],
          ]}
        />
        <p class="muted">
          Ask {carer.carer} to read you the code that their Carekey shows, by telephone or in person. If it is
          another one, somebody changed the answer on its way: do not sign.
        </p>
      </Card>
      <div class="row">
        <Button onClick={onClose}>Go back</Button>
        <Button kind="primary" busy={sign.running && 'Signing…'} onClick={sign.run}>
          The code is the same: sign
        </Button>
      </div>
      <Failure error={sign.error} />
    </>
  )
}

function CarerCard({ carer: one }: { carer: CarerView }) {
  const [ending, setEnding] = useState(false)
  const { carer, organization, role, notAfter, state, invitation, codes, nonce } = one
  const isLive = state === 'active' || state === 'submitting'
  return (
    <Card title={carer} action={<Badge tone={carerStates[state].tone}>{carerStates[state].text}</Badge>}>
      <Facts
        facts={[
          ['Towards', organization.name],
          ['May', `${roleInWords[role].name}. ${roleInWords[role].note}`],
          ['Until', capitalized(momentInWords(notAfter))],
        ]}
      />
      {invitation !== null && (
        <>
          <p>
            Hand this invitation to {carer}, and to nobody else. It opens nothing, but tells that you are a
            patient of {organization.name}.
          </p>
          <HandOver
            label={`Invitation for ${carer}`}
            text={invitation}
            codes={codes}
            filename="carekey-invitation.json"
          />
        </>
      )}
      {(isLive || state === 'invited') && (
        <div>
          <Button
            kind="quiet"
            label={isLive ? `End now: ${carer}` : `Take back the invitation: ${carer}`}
            onClick={() => setEnding(true)}
          >
            {isLive ? 'End now' : 'Take back the invitation'}
          </Button>
        </div>
      )}
      {ending && <End carer={carer} nonce={nonce} isLive={isLive} onClose={() => setEnding(false)} />}
    </Card>
  )
}

function End(props: { carer: string; nonce: CarerView['nonce']; isLive: boolean; onClose: () => void }) {
  const { carer, nonce, isLive, onClose } = props
  const end = useAct(async () => {
    await ask('care.end', { nonce })
    onClose()
  })
  return (
    <Dialog
      title={isLive ? `End what ${carer} may do?` : `Take back the invitation for ${carer}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={end.running && 'Ending…'} onClick={end.run}>
            {isLive ? 'End now' : 'Take it back'}
          </Button>
        </>
      }
    >
      <p>
        {isLive
          ? 'From then on the ledger takes nothing from them for you. What they ended stays ended; any consent that they gave runs on until you end it.'
          : 'An answer to it will not be taken any more.'}
      </p>
      <Failure error={end.error} />
    </Dialog>
  )
}
