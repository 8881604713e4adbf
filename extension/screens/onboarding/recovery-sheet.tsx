import { Printer } from 'lucide'
import { Button } from '../components/button.tsx'
import { printPage } from '../platform.ts'
import './recovery-sheet.css'

/** The 24 words in their order, and the relay that keeps the sealed backup. In print, nothing else. */
export function RecoverySheet({ words, relay }: { words: readonly string[]; relay: string }) {
  return (
    <section class="sheet" aria-label="Recovery sheet">
      <h2 class="sheet-print-only">Carekey recovery sheet</h2>
      <ol class="sheet-words">
        {words.map((word, index) => (
          <li key={index}>
            <span class="sheet-number">{index + 1}</span>
            <span class="sheet-word" translate={false}>
              {word}
            </span>
          </li>
        ))}
      </ol>
      <p>
        Relay: <strong>{relay}</strong>
      </p>
      <p class="sheet-print-only">
        Whoever has these words can read all your records. Keep this sheet where you keep your passport.
      </p>
      <div class="sheet-screen-only">
        <Button icon={Printer} onClick={printPage}>
          Print the recovery sheet
        </Button>
      </div>
    </section>
  )
}
