import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, failureOf } from '../../kit/page.ts'
import { EmergencyCase, type OpenedCase } from './emergency-case.tsx'
import { Frame } from './frame.tsx'

const refreshMs = 1_000

interface Desk {
  practitioners: { name: string; role: string }[]
  me: string | null
  cases: OpenedCase[]
  notes?: { recorded: string; what: string; case: string }[]
}

const reasons = {
  'cannot-consent': 'The patient cannot consent',
  'cannot-be-reached': 'Nobody who decides for the patient can be reached',
  'danger-to-life': 'Danger to life',
  other: 'Another reason, written below',
}

function EmergencyDesk() {
  const [desk, setDesk] = useState<Desk>()
  const load = () => call<Desk>('GET', '/api/emergency').then(setDesk, () => undefined)
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [])
  const sit = async (name: string) => {
    await call('POST', '/api/emergency/session', { name })
    await load()
  }
  const leave = async () => {
    await call('DELETE', '/api/emergency/session')
    await load()
  }
  if (!desk) return <Frame place="Emergency">{<p role="status">One moment…</p>}</Frame>
  if (desk.me === null) {
    return (
      <Frame place="Emergency">
        <h1>Who sits at the emergency desk?</h1>
        <p>In this demonstration anybody may sit down. Each signs with a key of their own.</p>
        <div class="names">
          {desk.practitioners.map(({ name, role }) => (
            <button key={name} type="button" class="name" onClick={() => void sit(name)}>
              <b>{name}</b>
              <span>accredited as {role} practitioner</span>
            </button>
          ))}
        </div>
      </Frame>
    )
  }
  return (
    <Frame place="Emergency" who={desk.me}>
      <OpenForm onOpened={load} />
      {desk.cases.map((one) => (
        <EmergencyCase
          key={one.id}
          opened={one}
          notes={(desk.notes ?? []).filter((note) => note.case === one.id)}
          onChanged={load}
        />
      ))}
      <p>
        <button type="button" class="quiet" onClick={() => void leave()}>
          Leave the desk
        </button>
      </p>
    </Frame>
  )
}

function OpenForm({ onOpened }: { onOpened: () => Promise<void> }) {
  const [card, setCard] = useState('')
  const [reason, setReason] = useState('cannot-consent')
  const [detail, setDetail] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const open = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem('')
    await call('POST', '/api/emergency/cases', { card, reason, detail }).then(
      () => {
        setCard('')
        setDetail('')
      },
      (error: unknown) => setProblem(failureOf(error).message),
    )
    setBusy(false)
    await onOpened()
  }
  return (
    <form class="panel emergency-form" onSubmit={(event) => void open(event)}>
      <h1>Open an emergency summary</h1>
      <p class="facts">
        Scan the code on the patient’s emergency card, or type it. The patient is told at once and may stop
        it; every use is noted and reviewed.
      </p>
      <label>
        Emergency card
        <input
          name="card"
          value={card}
          autocomplete="off"
          required
          onInput={(event) => setCard(event.currentTarget.value)}
        />
      </label>
      <label>
        Reason
        <select value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
          {Object.entries(reasons).map(([code, text]) => (
            <option key={code} value={code}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        What happened, for the review
        <textarea
          value={detail}
          rows={2}
          required
          onInput={(event) => setDetail(event.currentTarget.value)}
        />
      </label>
      <div>
        <button type="submit" disabled={busy || card.trim() === '' || detail.trim() === ''}>
          {busy ? 'Signing…' : 'Sign and open'}
        </button>
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  )
}

const app = document.getElementById('app')
if (app) render(<EmergencyDesk />, app)
