import { ListOrdered } from 'lucide'
import { useState } from 'preact/hooks'
import { ask } from '../ask.ts'
import { Button, ButtonLink } from '../components/button.tsx'
import { RecoverySheet } from '../onboarding/recovery-sheet.tsx'
import { PassphraseGate } from './passphrase-gate.tsx'

/** The 24 words, shown only behind the passphrase and only until the reader is done. */
export function RecoveryWords({ confirmed, relay }: { confirmed: boolean; relay: string }) {
  const [words, setWords] = useState<string[] | null>(null)
  if (words) {
    return (
      <>
        <RecoverySheet words={words} relay={relay} />
        <div>
          <Button kind="primary" onClick={() => setWords(null)}>
            Hide the words
          </Button>
        </div>
      </>
    )
  }
  return (
    <>
      <p>
        {confirmed
          ? 'The 24 words on your recovery sheet open everything again if this browser is lost.'
          : 'Nothing brings your records back without these words. Check that you wrote them down.'}
      </p>
      <div class="row">
        {!confirmed && (
          <ButtonLink kind="primary" href="#/welcome">
            Check my words
          </ButtonLink>
        )}
        <PassphraseGate
          button="Show the 24 words"
          icon={ListOrdered}
          title="Show the 24 words"
          warning="Whoever sees these words can read all your records. Make sure that nobody looks over your shoulder."
          action="Show the words"
          working="Unsealing the words…"
          onPassphrase={async (passphrase) => setWords((await ask('vault.reveal', { passphrase })).words)}
        />
      </div>
    </>
  )
}
