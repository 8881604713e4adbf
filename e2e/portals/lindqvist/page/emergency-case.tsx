import { useEffect, useRef, useState } from 'preact/hooks'
import { call, dayOf, failureOf, timeOf } from '../../kit/page.ts'

export interface OpenedCase {
  id: string
  /** The later of the ledger's clock and the server's, Unix seconds. */
  now: number
  detail: string
  ledger: {
    state: 'waiting' | 'open' | 'vetoed' | 'closed'
    openedAt: number
    releaseFrom: number
    closesAt: number
    review: { at: number; justified: boolean } | null
  } | null
  shares: { have: number; need: number }
  startedAt: number | null
  stoppedAt: number | null
}

type Read =
  | { state: 'collecting'; have: number; need: number }
  | {
      state: 'open'
      closesAt: number
      name: string
      birthDate: string
      contacts: { name: string; relation: string; phone: string }[]
      rows: { name: string; value: string }[]
    }

interface CaseProps {
  opened: OpenedCase
  notes: { recorded: string; what: string }[]
  onChanged: () => Promise<void>
}

const titles = {
  waiting: 'The wait runs',
  open: 'Open',
  vetoed: 'Stopped by the patient or a guardian',
  closed: 'Closed by itself',
}

/** Where a case stands by the ledger; one that the server has ended shows nothing, whatever its window says. */
function standing({ ledger, now, stoppedAt }: OpenedCase): keyof typeof titles | 'unknown' {
  if (!ledger) return 'unknown'
  if (ledger.state === 'vetoed') return 'vetoed'
  if (stoppedAt !== null || now >= ledger.closesAt) return 'closed'
  return now >= ledger.releaseFrom ? 'open' : 'waiting'
}

/** One case at the desk: the wait counts down, the parts of the key come together, the summary shows, the window closes. */
export function EmergencyCase({ opened, notes, onChanged }: CaseProps) {
  const { ledger, now, id } = opened
  const state = standing(opened)
  const [read, setRead] = useState<Read>()
  const [problem, setProblem] = useState('')
  const isAsking = useRef(false)
  useEffect(() => {
    if (state !== 'open') {
      setRead(undefined)
      return
    }
    if (isAsking.current) return
    isAsking.current = true
    call<Read>('POST', `/api/emergency/cases/${id}/read`)
      .then(
        (answer) => {
          setRead(answer)
          setProblem('')
        },
        (error: unknown) => {
          setRead(undefined)
          setProblem(failureOf(error).message)
        },
      )
      .finally(() => {
        isAsking.current = false
      })
  }, [state, id, now])
  const close = async () => {
    await call('POST', `/api/emergency/cases/${id}/close`)
    await onChanged()
  }
  return (
    <section class="panel emergency-case" data-testid="case" data-state={state}>
      <h2>{state === 'unknown' ? 'On its way to the ledger' : titles[state]}</h2>
      {ledger && (
        <p class="facts">
          Opened {timeOf(ledger.openedAt)}. {opened.detail}
        </p>
      )}
      {state === 'waiting' && ledger && (
        <p class="countdown" role="timer" data-testid="countdown">
          {clock(ledger.releaseFrom - now)}
          <span>until the holders of the key may give out their parts. The patient may stop it.</span>
        </p>
      )}
      {state === 'open' && read?.state === 'collecting' && (
        <p class="result" role="status">
          {read.have} of {read.need} parts of the key are here.
        </p>
      )}
      {state === 'open' && read?.state === 'open' && ledger && (
        <Summary read={read} secondsLeft={ledger.closesAt - now} onClose={close} />
      )}
      {state === 'open' && problem && (
        <p class="result bad" role="status">
          {problem}
        </p>
      )}
      {(state === 'closed' || state === 'vetoed') && (
        <p class="result" role="status" data-testid="review">
          {ledger?.review
            ? `Reviewed: it ${ledger.review.justified ? 'was justified' : 'was not justified'}.`
            : 'The health authority’s review is owed.'}
        </p>
      )}
      {notes.length > 0 && (
        <ul class="verified" aria-label="Noted" data-testid="notes">
          {notes.map(({ recorded, what }) => (
            <li key={what}>
              {what}, {timeOf(Date.parse(recorded) / 1_000)}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Summary({
  read,
  secondsLeft,
  onClose,
}: {
  read: Extract<Read, { state: 'open' }>
  secondsLeft: number
  onClose: () => Promise<void>
}) {
  return (
    <article class="record" data-testid="summary">
      <p class="tag">Emergency summary, written by the patient</p>
      <h3>{read.name}</h3>
      <p class="facts">
        {read.birthDate && `Born ${dayOf(read.birthDate)} · `}closes by itself in {clock(secondsLeft)}
      </p>
      <table>
        <tbody>
          {read.rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td>{row.value}</td>
            </tr>
          ))}
          {read.contacts.map((contact) => (
            <tr key={contact.phone}>
              <th scope="row">
                Call {contact.name}
                {contact.relation && `, ${contact.relation}`}
              </th>
              <td>{contact.phone}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <button type="button" class="quiet" onClick={() => void onClose()}>
          Close it now
        </button>
      </p>
    </article>
  )
}

/** `1:05:09`, or `05:09` under an hour. */
function clock(seconds: number): string {
  const left = Math.max(0, seconds)
  const parts = [Math.floor(left / 3_600), Math.floor(left / 60) % 60, left % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown.map((part) => String(part).padStart(2, '0')).join(':')
}
