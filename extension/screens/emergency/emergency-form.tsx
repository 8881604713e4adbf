import { ArrowLeft } from 'lucide'
import { useState } from 'preact/hooks'
import type { EmergencyView } from '../../emergency-snapshots.ts'
import { goTo } from '../app/router.ts'
import { type Asked, ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { Icon } from '../components/icon.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useAct, useSnapshot } from '../snapshot.ts'
import { type Draft, firstDraft, wishOf } from './draft.ts'
import { ContactsChoice, GuardiansChoice } from './people-choice.tsx'
import { HoldersChoice, RulesChoice } from './rules-choice.tsx'
import { SummaryChoice } from './summary-choice.tsx'
import './emergency.css'

type Suggestion = Asked<'emergency.suggest'>

/** Prepares or changes the card: what, whom, who, how long, and whose hands the key is in. */
export function EmergencyForm() {
  const view = useSnapshot('emergency.get', {})
  const suggestion = useSnapshot('emergency.suggest', {})
  return (
    <>
      <a class="back" href="#/emergency">
        <Icon node={ArrowLeft} size={16} />
        Emergency
      </a>
      <h1>Prepare your emergency card</h1>
      <Loaded snapshot={view} label="Asking the ledger…">
        {(ready) => (
          <Loaded snapshot={suggestion} label="Looking through your records…">
            {(suggested) => <Form view={ready} suggested={suggested} />}
          </Loaded>
        )}
      </Loaded>
    </>
  )
}

function Form({ view, suggested }: { view: EmergencyView; suggested: Suggestion }) {
  const [draft, setDraft] = useState(() => firstDraft(view, suggested))
  const [problems, setProblems] = useState<string[]>([])
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }))
  const send = useAct(async () => {
    const found = wishOf(draft, view.organizations)
    setProblems(found.ok ? [] : found.problems)
    if (!found.ok) return
    await ask('emergency.prepare', { wish: found.wish })
    goTo('/emergency')
  })
  return (
    <>
      <Card title="Who you are">
        <TextField
          label="Your name"
          hint="It stands on the printed card."
          value={draft.name}
          onInput={(name) => change({ name })}
        />
        <TextField
          label="Date of birth"
          hint="Year, month, day, such as 1958-03-02. It stands in the summary, not on the card."
          value={draft.birthDate}
          onInput={(birthDate) => change({ birthDate })}
        />
      </Card>
      <SummaryChoice
        suggested={suggested.entries}
        chosen={draft.entries}
        onChange={(entries) => change({ entries })}
      />
      <ContactsChoice contacts={draft.contacts} onChange={(contacts) => change({ contacts })} />
      <RulesChoice draft={draft} organizations={view.organizations} onChange={change} />
      <HoldersChoice draft={draft} organizations={view.organizations} onChange={change} />
      <GuardiansChoice guardians={draft.guardians} onChange={(guardians) => change({ guardians })} />
      {problems.length > 0 && (
        <Banner tone="danger" title="Before it can be put in force" announce>
          <ul class="emergency-problems">
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Banner>
      )}
      <Failure error={send.error} />
      <div class="emergency-actions">
        <Button kind="primary" busy={send.running && 'Sealing…'} onClick={send.run}>
          Put it in force
        </Button>
        <Button kind="quiet" onClick={() => goTo('/emergency')}>
          Cancel
        </Button>
      </div>
    </>
  )
}
