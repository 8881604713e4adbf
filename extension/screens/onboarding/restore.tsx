import { CircleCheck } from 'lucide'
import { useState } from 'preact/hooks'
import { originSchema } from '../../../shared/protocol/ids.ts'
import type { Status } from '../../snapshots.ts'
import { type Asked, ask } from '../ask.ts'
import { Button, ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { ErrorSummary, type FieldFault } from '../components/error-summary.tsx'
import { SecretField, TextField } from '../components/field.tsx'
import { useAct } from '../snapshot.ts'
import { NewPassphrase } from './new-passphrase.tsx'
import './welcome.css'

const wordCount = 24
const positions = Array.from({ length: wordCount }, (_, index) => index + 1)
const idOf = (position: number) => `restore-word-${position}`
const relayField = 'restore-relay'

type Step = 'sheet' | 'passphrase'

/** Everything back from the recovery sheet, in a browser that has no Carekey yet, or one whose backup did not come. */
export function Restore({ status }: { status: Status }) {
  const [again, setAgain] = useState(status.vault === 'none')
  return again ? <Steps status={status} /> : <AlreadyHere onAgain={() => setAgain(true)} />
}

function Steps({ status }: { status: Status }) {
  const [step, setStep] = useState<Step>('sheet')
  const [words, setWords] = useState<string[]>(() => positions.map(() => ''))
  const [relay, setRelay] = useState<string>(status.relay.origin)
  const [result, setResult] = useState<Asked<'vault.restore'> | null>(null)
  const restore = useAct(async (passphrase: string) => {
    const found = await ask('vault.restore', { words, passphrase, relay })
    setWords(positions.map(() => ''))
    setResult(found)
  })
  if (result) return <Restored {...result} />
  if (step === 'sheet') {
    return (
      <Sheet
        words={words}
        onWords={setWords}
        relay={relay}
        onRelay={setRelay}
        onComplete={() => setStep('passphrase')}
      />
    )
  }
  return (
    <>
      <h1>Choose a passphrase for this browser</h1>
      <p>It may be another one than before. You type it when you open Carekey here.</p>
      <NewPassphrase
        action="Restore everything"
        working="Making your keys, fetching the sealed backup and comparing it with the ledger…"
        running={restore.running}
        error={restore.error}
        onPassphrase={restore.run}
      />
      {!restore.running && (
        <div>
          <Button kind="quiet" onClick={() => setStep('sheet')}>
            Back to the words
          </Button>
        </div>
      )}
    </>
  )
}

interface SheetProps {
  words: string[]
  onWords: (words: string[]) => void
  relay: string
  onRelay: (relay: string) => void
  onComplete: () => void
}

function Sheet({ words, onWords, relay, onRelay, onComplete }: SheetProps) {
  const [faults, setFaults] = useState<FieldFault[]>([])
  const faultOf = (field: string) => faults.find((fault) => fault.field === field)?.message
  const submit = () => {
    const found = positions
      .filter((position) => words[position - 1] === '')
      .map((position) => ({ field: idOf(position), message: `Enter word ${position}` }))
    if (!originSchema.safeParse(relay).success) {
      found.push({
        field: relayField,
        message: 'Enter the relay as it stands on the sheet, such as https://relay.example',
      })
    }
    setFaults(found)
    if (found.length === 0) onComplete()
  }
  /** Words pasted together go one into each field, so that no field ever holds the phrase. */
  const paste = (from: number, event: ClipboardEvent) => {
    const pasted = (event.clipboardData?.getData('text') ?? '').trim().toLowerCase().split(/\s+/)
    if (pasted.length < 2) return
    event.preventDefault()
    onWords(words.map((word, index) => pasted[index - from] ?? word))
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <h1>Restore from your recovery sheet</h1>
      <ErrorSummary faults={faults} />
      <p>Enter the 24 words in their order. They stay in this browser.</p>
      <div class="word-fields">
        {positions.map((position) => (
          <SecretField
            key={position}
            compact
            id={idOf(position)}
            label={`Word ${position}`}
            value={words[position - 1] ?? ''}
            onInput={(word) =>
              onWords(
                words.map((before, index) => (index === position - 1 ? word.trim().toLowerCase() : before)),
              )
            }
            onPaste={(event) => paste(position - 1, event)}
            error={faultOf(idOf(position))}
          />
        ))}
      </div>
      <TextField
        id={relayField}
        label="Relay"
        hint="Where your sealed backup is kept, as the sheet names it."
        value={relay}
        onInput={onRelay}
        error={faultOf(relayField)}
      />
      <div class="row">
        <Button kind="primary" type="submit">
          Continue
        </Button>
        <ButtonLink kind="quiet" href="#/welcome">
          I have no sheet
        </ButtonLink>
      </div>
    </form>
  )
}

function Restored({ records, missingFromBackup }: Asked<'vault.restore'>) {
  return (
    <EmptyState alone icon={CircleCheck} title="Your Carekey is back">
      <p>{records === 1 ? '1 record is here again.' : `${records} records are here again.`}</p>
      {missingFromBackup > 0 && (
        <p>
          {missingFromBackup === 1 ? '1 more stands' : `${missingFromBackup} more stand`} on the ledger, but
          not in the backup. Ask the hospital that wrote {missingFromBackup === 1 ? 'it' : 'them'} to send{' '}
          {missingFromBackup === 1 ? 'it' : 'them'} again.
        </p>
      )}
      <ButtonLink kind="primary" href="#/records">
        Go to my records
      </ButtonLink>
    </EmptyState>
  )
}

function AlreadyHere({ onAgain }: { onAgain: () => void }) {
  return (
    <EmptyState alone icon={CircleCheck} title="This browser has a Carekey already">
      <p>It is never replaced. To use another one, take another profile of your browser.</p>
      <p>Are records missing? Enter the same 24 words again, and Carekey fetches the backup once more.</p>
      <ButtonLink kind="primary" href="#/records">
        Go to my records
      </ButtonLink>
      <Button kind="quiet" onClick={onAgain}>
        Enter the 24 words again
      </Button>
    </EmptyState>
  )
}
