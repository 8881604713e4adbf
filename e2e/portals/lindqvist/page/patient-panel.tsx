import { useState } from 'preact/hooks'
import { call, dayOf, failureOf, timeOf } from '../../kit/page.ts'
import { Answer } from './answer.tsx'
import type { ClinicRequest, PatientFile } from './file.ts'
import { RecordCard } from './record-card.tsx'

interface FetchResult {
  ok: boolean
  transports: ('webrtc' | 'gateway')[]
  ledger: string | null
  relay: string | null
  message: string
}

/** One patient at the doctor's desk: what was asked, what was answered, what came. */
export function PatientPanel({ file, onChanged }: { file: PatientFile; onChanged: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const ask = async () => {
    setBusy(true)
    setProblem('')
    await call('POST', `/api/desk/patients/${file.patient.id}/ask`).catch((error: unknown) =>
      setProblem(failureOf(error).message),
    )
    setBusy(false)
    await onChanged()
  }
  return (
    <section class="panel" aria-label={file.patient.name}>
      <div class="head">
        <div>
          <h1>{file.patient.name}</h1>
          <p class="facts">
            Born {dayOf(file.patient.birthDate)} · patient number {file.patient.number}
          </p>
        </div>
        <button type="button" onClick={ask} disabled={!file.connected || busy}>
          {busy ? 'Sending…' : 'Ask for imaging reports'}
        </button>
      </div>
      {!file.connected && (
        <p class="facts">This patient connects their Carekey at check-in; then you can ask them.</p>
      )}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <h2>What we asked</h2>
      {file.requests.length === 0 && <p class="facts">Nothing yet.</p>}
      <ul class="asked">
        {file.requests.map((request) => (
          <RequestRow key={request.id} request={request} onChanged={onChanged} />
        ))}
      </ul>
      <h2>Records from elsewhere</h2>
      {file.records.length === 0 && <p class="facts">None yet.</p>}
      {file.records.map((record) => (
        <RecordCard key={record.commitment} record={record} />
      ))}
    </section>
  )
}

function RequestRow({ request, onChanged }: { request: ClinicRequest; onChanged: () => Promise<void> }) {
  const [result, setResult] = useState<FetchResult>()
  const [busy, setBusy] = useState(false)
  const fetchAgain = async () => {
    setBusy(true)
    setResult(undefined)
    const failed = (error: unknown): FetchResult => ({
      ok: false,
      transports: [],
      ledger: null,
      relay: null,
      message: failureOf(error).message,
    })
    setResult(await call<FetchResult>('POST', `/api/desk/requests/${request.id}/fetch`, {}).catch(failed))
    setBusy(false)
    await onChanged()
  }
  return (
    <li data-testid="request" data-state={request.state}>
      <div>
        <b>{request.label}</b>
        <p class="facts">
          Asked {timeOf(request.askedAt)} by {request.askedBy}
        </p>
        <Answer request={request} />
        {result && (
          <p
            class={result.ok ? 'result good' : 'result bad'}
            role="status"
            data-testid="fetch-result"
            data-ok={result.ok}
            data-transport={result.transports.join(' ')}
            data-ledger={result.ledger ?? ''}
            data-relay={result.relay ?? ''}
          >
            {result.message}
          </p>
        )}
      </div>
      {request.granted && (
        <button type="button" class="quiet" onClick={fetchAgain} disabled={busy}>
          {busy ? 'Fetching…' : 'Fetch again'}
        </button>
      )}
    </li>
  )
}
