import { FileDown, IdCard, Pencil, Siren } from 'lucide'
import { useEffect, useState } from 'preact/hooks'
import type { EmergencyView, EmergencyWish } from '../../emergency-snapshots.ts'
import { ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Button, ButtonLink } from '../components/button.tsx'
import { Badge, Card, Facts } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { TechnicalDetails } from '../components/technical-details.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { downloadText } from '../platform.ts'
import { useAct, useSnapshot } from '../snapshot.ts'
import { capitalized, momentInWords } from '../words/time.ts'
import { CaseCard } from './case-card.tsx'
import { GuardianCard } from './guardian-card.tsx'
import { isLive, rulesInWords } from './words.ts'
import './emergency.css'

/** Time alone moves a case on, and nobody tells of it. */
const lookAgainMs = 5_000

/** Break-glass: whether a card is in force, every use of one, and the way to stop it. */
export function EmergencyPage() {
  const view = useSnapshot('emergency.get', {})
  const reload = view.state === 'ready' ? view.reload : undefined
  const isMoving = view.state === 'ready' && (view.value.next !== null || view.value.cases.some(isLive))
  useEffect(() => {
    if (!isMoving || !reload) return
    const timer = setInterval(reload, lookAgainMs)
    return () => clearInterval(timer)
  }, [isMoving, reload])
  return (
    <>
      <div class="page-head">
        <h1>Emergency</h1>
        <p class="muted">
          What helpers may read when you cannot be asked. You prepare it; nobody can open it alone; you are
          told at once.
        </p>
      </div>
      <Loaded snapshot={view} label="Asking the ledger…">
        {(ready) => <Overview view={ready} />}
      </Loaded>
    </>
  )
}

function Overview({ view }: { view: EmergencyView }) {
  const nameOf = (id: string) => view.organizations.find((one) => one.id === id)?.name ?? 'an organization'
  const live = view.cases.filter(isLive)
  const past = view.cases.filter((one) => !isLive(one))
  return (
    <>
      {live.map((one) => (
        <CaseCard key={one.id} one={one} />
      ))}
      {view.next && <OnItsWay next={view.next} />}
      {view.state === 'none' && !view.next && (
        <EmptyState icon={Siren} title="No emergency card yet">
          <p>
            Choose what helpers should know about you, and who may read it. You get a card to print that holds
            no secret.
          </p>
          <ButtonLink kind="primary" href="#/emergency/prepare">
            Prepare your emergency card
          </ButtonLink>
        </EmptyState>
      )}
      {view.wish && view.state !== 'none' && <Policy view={view} wish={view.wish} nameOf={nameOf} />}
      {past.length > 0 && (
        <section class="stack">
          <h2>Earlier uses</h2>
          {past.map((one) => (
            <CaseCard key={one.id} one={one} />
          ))}
        </section>
      )}
      <GuardianCard guardian={view.guardian} />
    </>
  )
}

function OnItsWay({ next }: { next: NonNullable<EmergencyView['next']> }) {
  const discard = useAct(() => ask('emergency.discard', {}))
  return (
    <Card title="On its way" action={<Badge tone="caution">Not in force yet</Badge>}>
      <p>
        {next.stating
          ? 'Every key holder has its part. Your signed rules are being written on the ledger.'
          : 'Your summary is sealed. It is put in force once every key holder has its part of the key.'}
      </p>
      <Facts
        facts={next.holders.map(({ organization, held }) => [
          organization.name,
          held ? 'Has its part' : 'Has not answered yet',
        ])}
      />
      {next.failure && (
        <Banner tone="caution" title="It did not go on">
          <p>{next.failure} Carekey tries again by itself.</p>
        </Banner>
      )}
      {!next.stating && (
        <div>
          <Button kind="quiet" busy={discard.running && 'Giving it up…'} onClick={discard.run}>
            Give this up
          </Button>
        </div>
      )}
      <Failure error={discard.error} />
    </Card>
  )
}

const stateBadges = {
  'in-force': <Badge tone="good">In force</Badge>,
  withdrawing: <Badge tone="caution">Being withdrawn</Badge>,
  withdrawn: <Badge>Withdrawn</Badge>,
  none: null,
}

function Policy({
  view,
  wish,
  nameOf,
}: {
  view: EmergencyView
  wish: EmergencyWish
  nameOf: (id: string) => string
}) {
  const isInForce = view.state === 'in-force'
  return (
    <Card title="Your emergency card" action={stateBadges[view.state]}>
      <Facts
        facts={[
          ['Since', view.since === null ? '' : capitalized(momentInWords(view.since))],
          ['Summary', summaryInWords(wish)],
          ...rulesInWords(wish, nameOf),
        ]}
      />
      <div class="emergency-actions">
        {isInForce && (
          <ButtonLink kind="primary" icon={IdCard} href="#/emergency/card">
            Show the card
          </ButtonLink>
        )}
        <ButtonLink icon={Pencil} href="#/emergency/prepare">
          {isInForce ? 'Change it' : 'Prepare a new one'}
        </ButtonLink>
        {isInForce && <Withdraw />}
      </div>
      {isInForce && wish.guardians.length > 0 && <GuardianNotes wish={wish} />}
      <TechnicalDetails
        details={[
          ['Emergency pseudonym', view.handle],
          [
            'Seen by',
            'A key holder that you are connected with learns that this card is yours; others do not.',
          ],
        ]}
      />
    </Card>
  )
}

const summaryInWords = ({ content: { entries, contacts } }: EmergencyWish) =>
  `${counted(entries.length, 'line', 'lines')}, ${counted(contacts.length, 'contact', 'contacts')}`

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

function Withdraw() {
  const [asking, setAsking] = useState(false)
  const withdraw = useAct(async () => {
    await ask('emergency.withdraw', {})
    setAsking(false)
  })
  return (
    <>
      <Button kind="plain" onClick={() => setAsking(true)}>
        Withdraw it
      </Button>
      {asking && (
        <Dialog
          title="Withdraw your emergency card?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
              <Button kind="danger" busy={withdraw.running && 'Withdrawing…'} onClick={withdraw.run}>
                Withdraw it now
              </Button>
            </>
          }
        >
          <p>
            In an emergency nobody will be able to read your summary, and a printed card does nothing any
            more. You can prepare a new one at any time.
          </p>
          <Failure error={withdraw.error} />
        </Dialog>
      )}
    </>
  )
}

function GuardianNotes({ wish }: { wish: EmergencyWish }) {
  const save = useAct(async (guardian: EmergencyWish['guardians'][number]['address']) => {
    const { json, filename } = await ask('emergency.guardianNote', { guardian })
    downloadText(json, filename, 'application/json')
  })
  return (
    <div class="stack-small">
      <p class="small muted">
        Give each guardian their note. It lets them stop an emergency, and read nothing.
      </p>
      <div class="emergency-actions">
        {wish.guardians.map(({ name, address }) => (
          <Button key={address} kind="quiet" icon={FileDown} onClick={() => save.run(address)}>
            Note for {name}
          </Button>
        ))}
      </div>
      <Failure error={save.error} />
    </div>
  )
}
