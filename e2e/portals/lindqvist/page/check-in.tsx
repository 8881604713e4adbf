import {
  findCarekey,
  type SignedAccessRequest,
  type SignedChallenge,
  type Voucher,
} from 'carekey/portal/page'
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, dayOf, type Failure, failureOf } from '../../kit/page.ts'
import { Answer } from './answer.tsx'
import type { Patient, PatientFile } from './file.ts'
import { Frame } from './frame.tsx'
import { RecordCard } from './record-card.tsx'
import { Step } from './step.tsx'

const refreshMs = 1_000

function CheckIn() {
  const [file, setFile] = useState<PatientFile | null>()
  const [appointments, setAppointments] = useState<Patient[]>([])
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState<'connect' | 'ask' | 'read'>()

  const load = async () => {
    const loaded = await call<PatientFile | null>('GET', '/api/visit')
    if (loaded === null) setAppointments(await call<Patient[]>('GET', '/api/appointments'))
    setFile(loaded)
  }
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [])

  const attempt = async (what: 'connect' | 'ask', action: () => Promise<void>) => {
    setFailure(undefined)
    setBusy(what)
    try {
      await action()
    } catch (error) {
      setFailure(failureOf(error))
    }
    setBusy(undefined)
    await load()
  }

  const connect = () =>
    attempt('connect', async () => {
      const carekey = await findCarekey()
      await carekey.connect(await call<SignedChallenge>('POST', '/api/carekey/challenge'), (connection) =>
        call<{ voucher: Voucher }>('POST', '/api/carekey/connection', connection),
      )
    })

  const share = () =>
    attempt('ask', async () => {
      const carekey = await findCarekey()
      const request = await call<SignedAccessRequest & { id: string }>('POST', '/api/request')
      const path = `/api/request/${request.id}`
      const answer = await carekey.requestAccess(request).catch(async (error: unknown) => {
        const { reason = 'internal', message } = failureOf(error)
        await call('POST', `${path}/failure`, { reason, message })
        throw error
      })
      setBusy('read')
      await call('POST', `${path}/answer`, answer)
    })

  const begin = async (id: string) => {
    await call('POST', '/api/visit', { id })
    await load()
  }
  const leave = async () => {
    await call('DELETE', '/api/visit')
    await load()
  }

  if (file === undefined) return <Frame place="Check in">{<p role="status">One moment…</p>}</Frame>
  if (file === null) return <Welcome appointments={appointments} onChoose={begin} />

  const latest = file.requests.find(({ wish }) => wish === 'check-in')
  return (
    <Frame place="Check in" who={file.patient.name}>
      <h1>Hello {file.patient.name.split(' ')[0]}, please check in</h1>
      <Step number={1} title="Connect your Carekey" done={file.connected}>
        {file.connected ? (
          <p data-testid="connected">Your Carekey is connected with us.</p>
        ) : (
          <>
            <p>Your health records stay with you. Connect, and we can ask you for the ones we need.</p>
            <button type="button" onClick={connect} disabled={busy !== undefined}>
              {busy === 'connect' ? 'Waiting for your Carekey…' : 'Connect Carekey'}
            </button>
            {failure && <Problem failure={failure} />}
          </>
        )}
      </Step>
      <Step
        number={2}
        title="Share your records with us"
        done={latest?.granted === true}
        off={!file.connected}
      >
        <p>
          We would like to see your <b>laboratory results</b> and <b>medicines</b> of the last five years, to
          treat you, for seven days. You decide in your Carekey what we get, and for how long.
        </p>
        {latest && busy !== 'ask' && <Answer request={latest} reading={busy === 'read'} />}
        <button
          type="button"
          class={latest?.granted ? 'quiet' : undefined}
          onClick={share}
          disabled={!file.connected || busy !== undefined}
        >
          {busy === 'ask'
            ? 'Waiting for your answer…'
            : latest?.granted
              ? 'Share once more'
              : 'Share your records with us'}
        </button>
        {file.connected && failure && <Problem failure={failure} />}
      </Step>
      <Step
        number={3}
        title="What we have received"
        done={file.records.length > 0}
        off={file.records.length === 0}
      >
        {file.records.length === 0 ? (
          <p>Nothing yet.</p>
        ) : (
          file.records.map((record) => <RecordCard key={record.commitment} record={record} />)
        )}
      </Step>
      <button type="button" class="quiet" onClick={leave}>
        I am somebody else
      </button>
    </Frame>
  )
}

function Welcome({
  appointments,
  onChoose,
}: {
  appointments: Patient[]
  onChoose: (id: string) => Promise<void>
}) {
  return (
    <Frame place="Check in">
      <h1>Welcome. Who are you?</h1>
      <p>Today’s appointments with Dr. Maja Lindqvist. In this demonstration you may be anybody.</p>
      <div class="names">
        {appointments.map((patient) => (
          <button key={patient.id} type="button" class="name" onClick={() => onChoose(patient.id)}>
            <b>{patient.name}</b>
            <span>born {dayOf(patient.birthDate)}</span>
          </button>
        ))}
      </div>
    </Frame>
  )
}

function Problem({ failure }: { failure: Failure }) {
  if (failure.reason === 'wallet-missing') {
    return (
      <div class="problem" role="alert" data-testid="wallet-missing">
        <b>Carekey is not on this page yet.</b>
        <p>
          If you have the Carekey extension: click its icon beside the address bar once, allow this site, and
          try again. If you do not: install it first, or check in at the front desk.
        </p>
      </div>
    )
  }
  return (
    <p class="problem" role="alert" data-testid="failure">
      {failure.message}
    </p>
  )
}

const app = document.getElementById('app')
if (app) render(<CheckIn />, app)
