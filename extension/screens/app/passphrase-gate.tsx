import type { IconNode } from 'lucide'
import { useRef, useState } from 'preact/hooks'
import { Banner } from '../components/banner.tsx'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SecretField } from '../components/field.tsx'
import { useAct } from '../snapshot.ts'
import { failureInWords } from '../words/failures.ts'

interface PassphraseGateProps {
  button: string
  icon: IconNode
  title: string
  warning: string
  action: string
  working: string
  onPassphrase: (passphrase: string) => Promise<void>
}

/** Something that an unlocked Carekey alone does not give: the passphrase is asked again. */
export function PassphraseGate(props: PassphraseGateProps) {
  const { button, icon, title, warning, action, working, onPassphrase } = props
  const field = useRef<HTMLInputElement>(null)
  const [asking, setAsking] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const close = () => {
    setPassphrase('')
    setAsking(false)
    go.clear()
  }
  const go = useAct(async () => {
    const given = passphrase
    setPassphrase('')
    await onPassphrase(given)
    setAsking(false)
  })
  const error = go.error === null ? undefined : failureInWords(go.error).message
  return (
    <>
      <Button icon={icon} onClick={() => setAsking(true)}>
        {button}
      </Button>
      {asking && (
        <Dialog
          title={title}
          begin={field}
          onClose={close}
          actions={
            <>
              <Button onClick={close}>Cancel</Button>
              <Button
                kind="primary"
                disabled={passphrase === '' && !go.running}
                busy={go.running && working}
                onClick={go.run}
              >
                {action}
              </Button>
            </>
          }
        >
          <Banner tone="caution">
            <p>{warning}</p>
          </Banner>
          <SecretField
            inputRef={field}
            label="Passphrase"
            value={passphrase}
            onInput={setPassphrase}
            error={error}
          />
        </Dialog>
      )}
    </>
  )
}
