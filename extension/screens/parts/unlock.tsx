import { LockOpen } from 'lucide'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { SecretField } from '../components/field.tsx'
import { Progress } from '../components/progress.tsx'
import { useAct } from '../snapshot.ts'
import { failureInWords } from '../words/failures.ts'
import './unlock.css'

/** The passphrase, and nothing else. `reason` says what waits behind the lock. */
export function Unlock({ reason, title = 'Unlock Carekey' }: { reason?: string; title?: string }) {
  const [passphrase, setPassphrase] = useState('')
  const [missing, setMissing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const unlock = useAct(async () => {
    try {
      await ask('vault.unlock', { passphrase })
    } finally {
      setPassphrase('')
    }
  })
  useEffect(() => field.current?.focus(), [])
  const refused = unlock.error === null ? undefined : failureInWords(unlock.error).message
  return (
    <form
      class="unlock"
      onSubmit={(event) => {
        event.preventDefault()
        setMissing(passphrase === '')
        if (passphrase !== '') unlock.run()
        else field.current?.focus()
      }}
    >
      <h1>{title}</h1>
      {reason && <p class="muted">{reason}</p>}
      <SecretField
        label="Passphrase"
        value={passphrase}
        onInput={setPassphrase}
        inputRef={field}
        error={missing ? 'Enter your passphrase.' : refused}
      />
      {unlock.running ? (
        <Progress label="Unlocking. This takes about a second…" />
      ) : (
        <Button kind="primary" type="submit" icon={LockOpen} wide>
          Unlock
        </Button>
      )}
      <p class="small muted">
        Forgotten it? Your recovery sheet with the 24 words opens everything again, in a browser where Carekey
        is new.
      </p>
    </form>
  )
}
