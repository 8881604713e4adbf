import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { ErrorSummary, type FieldFault } from '../components/error-summary.tsx'
import { SecretField } from '../components/field.tsx'
import { Progress } from '../components/progress.tsx'
import { Failure } from '../parts/failure.tsx'
import { passphraseHint } from '../words/passphrase.ts'

const first = 'new-passphrase'
const second = 'repeated-passphrase'

interface NewPassphraseProps {
  action: string
  working: string
  running: boolean
  error: unknown
  onPassphrase: (passphrase: string) => void
}

/** A new passphrase, typed twice, with a hint of how good it is. */
export function NewPassphrase({ action, working, running, error, onPassphrase }: NewPassphraseProps) {
  const [passphrase, setPassphrase] = useState('')
  const [repeated, setRepeated] = useState('')
  const [faults, setFaults] = useState<FieldFault[]>([])
  const hint = passphraseHint(passphrase)
  const faultOf = (field: string) => faults.find((fault) => fault.field === field)?.message
  const submit = () => {
    const found: FieldFault[] = []
    if (!hint.good) found.push({ field: first, message: hint.text })
    else if (passphrase !== repeated)
      found.push({ field: second, message: 'The second one is not the same. Type it again.' })
    setFaults(found)
    if (found.length === 0) onPassphrase(passphrase)
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!running) submit()
      }}
    >
      <ErrorSummary faults={faults} />
      <SecretField
        id={first}
        label="New passphrase"
        hint="At least 12 characters. Four or more words that you can remember are good."
        value={passphrase}
        onInput={setPassphrase}
        autocomplete="new-password"
        error={faultOf(first)}
      />
      <p class="small muted" aria-live="polite">
        {passphrase !== '' && !faultOf(first) && hint.text}
      </p>
      <SecretField
        id={second}
        label="The same passphrase again"
        value={repeated}
        onInput={setRepeated}
        autocomplete="new-password"
        error={faultOf(second)}
      />
      <Failure error={error} />
      {running ? (
        <Progress label={working} />
      ) : (
        <div>
          <Button kind="primary" type="submit">
            {action}
          </Button>
        </div>
      )}
    </form>
  )
}
