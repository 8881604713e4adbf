import { timeOf } from '../../kit/page.ts'
import type { ClinicRequest } from './file.ts'

const texts = {
  waiting: 'Waiting for an answer',
  approved: 'Allowed',
  narrowed: 'Allowed in part',
  declined: 'Declined',
  expired: 'Not answered in time',
  cancelled: 'Taken back',
  failed: 'Could not be asked',
} as const

/** Where one request stands. */
export function Answer({ request, reading = false }: { request: ClinicRequest; reading?: boolean }) {
  const { state, until, note } = request
  return (
    <p class={`answer ${state}`} role="status" data-testid="answer" data-state={state}>
      <b>{texts[state]}</b>
      {until !== null && <span> until {timeOf(until)}</span>}
      {reading && <span>. Fetching and checking the records…</span>}
      {note && <span>. {note}</span>}
    </p>
  )
}
