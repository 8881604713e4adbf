import { ArrowLeft, Building2, FileDown, HeartHandshake } from 'lucide'
import { useEffect, useState } from 'preact/hooks'
import type { CaredForView } from '../../care-snapshots.ts'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { Badge, Card, Facts } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Icon } from '../components/icon.tsx'
import { List, ListRow } from '../components/list-row.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { downloadText } from '../platform.ts'
import { useAct, useSnapshot } from '../snapshot.ts'
import { capitalized, momentInWords } from '../words/time.ts'
import { HandOver } from './hand-over.tsx'
import { PasteField } from './paste-field.tsx'
import { caredForStates, comparedCode, purposesForCarer, roleInWords } from './words.ts'
import './care.css'

/** The ledger moves without telling: while something is awaited it is asked again. */
const lookAgainMs = 5_000

/** For whom this person may act, what runs there by the ledger, and how to end it. */
export function CaringPage() {
  const view = useSnapshot('care.caring', {})
  const reload = view.state === 'ready' ? view.reload : undefined
  const isMoving = view.state === 'ready' && view.value.people.some(({ state }) => state === 'waiting')
  useEffect(() => {
    if (!isMoving || !reload) return
    const timer = setInterval(reload, lookAgainMs)
    return () => clearInterval(timer)
  }, [isMoving, reload])
  return (
    <>
      <a class="back" href="#/settings">
        <Icon node={ArrowLeft} size={16} />
        Back to Settings
      </a>
      <div class="page-head">
        <h1>People you care for</h1>
        <p class="muted">
          What they share, as the ledger shows it: who may open something, what for and until when. Never what
          it is: you get no record and no key of theirs.
        </p>
      </div>
      <Loaded snapshot={view} label="Asking the ledger…">
        {({ people }) => people.map((one) => <Person key={one.id} one={one} />)}
      </Loaded>
      <TakeInvitation />
    </>
  )
}

function TakeInvitation() {
  const [text, setText] = useState('')
  const take = useAct(async () => {
    await ask('care.take', { text })
    setText('')
  })
  return (
    <Card title="Care for somebody">
      <p class="muted">
        They invite you in their Carekey, under Settings, and hand you a text. Yours answers with a code that
        is made for this invitation alone.
      </p>
      <PasteField
        label="The invitation that you were given"
        hint="The text, or the scanned codes."
        value={text}
        onInput={setText}
      />
      <div>
        <Button
          icon={HeartHandshake}
          disabled={text.trim() === ''}
          busy={take.running && 'Reading it…'}
          onClick={take.run}
        >
          Take it in
        </Button>
      </div>
      <Failure error={take.error} />
    </Card>
  )
}

function Person({ one }: { one: CaredForView }) {
  const { name, organization, role, notAfter, state, delegate, answer, codes, grants } = one
  const [ending, setEnding] = useState<CaredForView['grants'][number] | null>(null)
  return (
    <Card title={name} action={<Badge tone={caredForStates[state].tone}>{caredForStates[state].text}</Badge>}>
      <Facts
        facts={[
          ['Towards', organization.name],
          ['You may', roleForCarer[role]],
          ['Until', capitalized(momentInWords(notAfter))],
        ]}
      />
      {state === 'waiting' && (
        <>
          <p>
            Hand this answer back to {name}. Then they ask you for your code:{' '}
            <code class="care-code" translate={false}>
              {comparedCode(delegate)}
            </code>
          </p>
          <HandOver
            label={`Your answer to ${name}`}
            text={answer}
            codes={codes}
            filename="carekey-answer.json"
          />
        </>
      )}
      {state === 'active' && grants.length === 0 && (
        <p class="muted">Nothing is shared there now, as far as the ledger shows.</p>
      )}
      {state === 'active' && grants.length > 0 && (
        <List label={`What ${name} shares`}>
          {grants.map((grant) => (
            <ListRow
              key={grant.grantId}
              icon={Building2}
              title={grant.grantee.name}
              note={`${grant.purpose ? `${purposesForCarer[grant.purpose]}. ` : ''}Until ${momentInWords(grant.notAfter)}.`}
              end={role !== 'watch' && <EndButton grant={grant} onClick={() => setEnding(grant)} />}
            />
          ))}
        </List>
      )}
      {ending && <EndSharing one={one} grant={ending} onClose={() => setEnding(null)} />}
    </Card>
  )
}

const roleForCarer = {
  watch: 'Look on',
  'revoke-only': roleInWords['revoke-only'].name,
  decide: 'End sharing. To give a consent takes the keys of the records, and those stay with them.',
} as const

function EndButton({ grant, onClick }: { grant: CaredForView['grants'][number]; onClick: () => void }) {
  if (grant.ending) return <Badge tone="caution">Being ended</Badge>
  return (
    <Button kind="quiet" label={`End sharing with ${grant.grantee.name}`} onClick={onClick}>
      End
    </Button>
  )
}

function EndSharing({
  one,
  grant: { grantId, grantee },
  onClose,
}: {
  one: CaredForView
  grant: CaredForView['grants'][number]
  onClose: () => void
}) {
  const end = useAct(async () => {
    await ask('care.endSharing', { id: one.id, grantId })
    onClose()
  })
  const save = useAct(async () => {
    const { json, filename } = await ask('care.exportEnding', { id: one.id, grantId })
    downloadText(json, filename, 'application/json')
    onClose()
  })
  return (
    <Dialog
      title={`End what ${one.name} shares with ${grantee.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={end.running && 'Ending…'} onClick={end.run}>
            End it now
          </Button>
        </>
      }
    >
      <p>
        You sign in their place; the ledger notes that a carer did. What {grantee.name} opened before cannot
        be unseen. You cannot undo it: only {one.name} can share again.
      </p>
      <div>
        <Button kind="quiet" icon={FileDown} busy={save.running && 'Signing…'} onClick={save.run}>
          Save the signed ending instead
        </Button>
      </div>
      <Failure error={end.error ?? save.error} />
    </Dialog>
  )
}
