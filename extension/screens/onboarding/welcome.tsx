import { CircleCheck, FolderHeart, KeyRound, ListOrdered } from 'lucide'
import { useState } from 'preact/hooks'
import type { Status } from '../../snapshots.ts'
import { PassphraseGate } from '../app/passphrase-gate.tsx'
import { ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Button, ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icon.tsx'
import { useAct } from '../snapshot.ts'
import { NewPassphrase } from './new-passphrase.tsx'
import { RecoverySheet } from './recovery-sheet.tsx'
import { WordCheck } from './word-check.tsx'
import './welcome.css'

type Step =
  | { at: 'what' }
  | { at: 'passphrase' }
  /** The words are here and nowhere else, and only while they are on the page. */
  | { at: 'words'; words: string[] }
  | { at: 'check' }
  | { at: 'done' }

/** Making a Carekey, one thing a page. Whoever left in between goes on with the words. */
export function Welcome({ status }: { status: Status }) {
  const [step, setStep] = useState<Step>(() =>
    status.vault === 'none' ? { at: 'what' } : { at: status.phraseConfirmed ? 'done' : 'check' },
  )
  const create = useAct(async (passphrase: string) => {
    const { words } = await ask('vault.create', { passphrase })
    setStep({ at: 'words', words })
  })
  switch (step.at) {
    case 'what':
      return <What onStart={() => setStep({ at: 'passphrase' })} />
    case 'passphrase':
      return (
        <>
          <Where step={1} />
          <h1>Choose a passphrase</h1>
          <p>
            You type it when you open Carekey in this browser. Nobody else knows it, and nobody can reset it.
          </p>
          <NewPassphrase
            action="Continue"
            working="Making your keys and keeping two sealed copies of them…"
            running={create.running}
            error={create.error}
            onPassphrase={create.run}
          />
        </>
      )
    case 'words':
      return (
        <>
          <Where step={2} />
          <h1>Write down these 24 words</h1>
          <p>
            They bring everything back if this browser is lost. Write them on paper, in this order, or print
            them. Do not take a photo, and do not keep them in a file.
          </p>
          <RecoverySheet words={step.words} relay={status.relay.origin} />
          <Banner tone="caution">
            <p>Whoever has these words can read all your records. Keep them where you keep your passport.</p>
          </Banner>
          <div>
            <Button kind="primary" onClick={() => setStep({ at: 'check' })}>
              I have written them down
            </Button>
          </div>
        </>
      )
    case 'check':
      return (
        <>
          <Where step={3} />
          <h1>Check your words</h1>
          <WordCheck onConfirmed={() => setStep({ at: 'done' })} />
          <div>
            <PassphraseGate
              button="Show the 24 words again"
              icon={ListOrdered}
              title="Show the 24 words again"
              warning="Whoever sees these words can read all your records. Make sure that nobody looks over your shoulder."
              action="Show the words"
              working="Unsealing the words…"
              onPassphrase={async (passphrase) => {
                const { words } = await ask('vault.reveal', { passphrase })
                setStep({ at: 'words', words })
              }}
            />
          </div>
        </>
      )
    case 'done':
      return <Done />
  }
}

function What({ onStart }: { onStart: () => void }) {
  return (
    <>
      <h1>Your medical records, in your hands</h1>
      <ul class="welcome-points">
        <li>
          <Icon node={FolderHeart} size={24} />
          <p>Hospitals send you your records. Carekey keeps them sealed: only you can open them.</p>
        </li>
        <li>
          <Icon node={KeyRound} size={24} />
          <p>When another hospital wants to see some, Carekey asks you: which ones, why, and for how long.</p>
        </li>
        <li>
          <Icon node={ListOrdered} size={24} />
          <p>You get 24 words on paper. They alone bring everything back, so have a pen ready.</p>
        </li>
      </ul>
      <div class="row">
        <Button kind="primary" onClick={onStart}>
          Create your Carekey
        </Button>
        <ButtonLink href="#/restore">I have a recovery sheet</ButtonLink>
      </div>
    </>
  )
}

function Where({ step }: { step: 1 | 2 | 3 }) {
  return <p class="small muted">Step {step} of 3</p>
}

function Done() {
  return (
    <EmptyState alone icon={CircleCheck} title="Your Carekey is ready">
      <p>
        Open the page of your hospital in this browser, click the Carekey button in the toolbar, and connect.
      </p>
      <ButtonLink kind="primary" href="#/records">
        Go to my records
      </ButtonLink>
    </EmptyState>
  )
}
