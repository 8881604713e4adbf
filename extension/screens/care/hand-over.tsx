import { FileDown } from 'lucide'
import { Button } from '../components/button.tsx'
import { QrCode } from '../components/qr-code.tsx'
import { downloadText } from '../platform.ts'
import '../app/codes-page.css'
import './care.css'

/** A text that one person gives another: as codes, to select and copy, or as a file. */
export function HandOver({
  label,
  text,
  codes,
  filename,
}: {
  label: string
  text: string
  codes: readonly string[]
  filename: string
}) {
  return (
    <div class="stack-small">
      <textarea
        class="field-input care-text"
        aria-label={label}
        readOnly
        rows={4}
        spellcheck={false}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div>
        <Button icon={FileDown} onClick={() => downloadText(text, filename, 'application/json')}>
          Save as a file
        </Button>
      </div>
      <details>
        <summary>Show as {codes.length === 1 ? 'a code' : `${codes.length} codes`} to scan</summary>
        <ol class="codes care-codes" aria-label={label}>
          {codes.map((code, index) => (
            <li key={code}>
              <QrCode text={code} label={`${label}, code ${index + 1} of ${codes.length}`} />
            </li>
          ))}
        </ol>
      </details>
    </div>
  )
}
