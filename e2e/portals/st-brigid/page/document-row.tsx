import { useState } from 'preact/hooks'
import { dayOf, sizeOf } from '../../kit/page.ts'
import { categoryNames, type HospitalDocument } from './account.ts'
import { standingForPatient } from './standing.ts'

const stateTexts = {
  offered: 'Waiting for your answer in Carekey',
  saving: 'Saved in your Carekey. The public register will confirm it in a moment.',
  saved: 'Saved in your Carekey',
  declined: 'You declined this',
  failed: 'Not sent',
} as const

export function DocumentRow(props: {
  document: HospitalDocument
  connected: boolean
  onSend: () => Promise<void>
}) {
  const [busy, setBusy] = useState(false)
  const { document } = props
  const state = document.delivery?.state
  const period =
    document.start === document.end
      ? dayOf(document.end)
      : `${dayOf(document.start)} to ${dayOf(document.end)}`
  const send = async () => {
    setBusy(true)
    await props.onSend()
    setBusy(false)
  }
  const label = busy
    ? state === 'offered'
      ? 'Look at your Carekey'
      : 'Preparing…'
    : state
      ? 'Send again'
      : 'Send to my Carekey'
  return (
    <li
      data-testid={`document-${document.id.split('.').at(-1)}`}
      data-state={busy && !state ? 'sending' : (state ?? 'ready')}
    >
      <div class="what">
        <p class="category">{categoryNames[document.category]}</p>
        <h3>{document.title}</h3>
        <p class="facts">
          {period} · {document.practitioner} · {sizeOf(document.bytes)}
        </p>
        {state && (
          <p class={`state ${state}`} role="status">
            {stateTexts[state]}
            {document.delivery?.note && <span>: {document.delivery.note}</span>}
          </p>
        )}
        {document.standing && (
          <p
            class={`standing ${document.standing.status}`}
            data-testid="standing"
            data-status={document.standing.status}
          >
            {standingForPatient(document.standing)}
          </p>
        )}
      </div>
      {state !== 'saved' && state !== 'saving' && (
        <button
          type="button"
          class="plain"
          onClick={send}
          disabled={!props.connected || busy}
          aria-label={`${label}: “${document.title}”`}
        >
          {label}
        </button>
      )}
    </li>
  )
}
