import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, dayOf } from '../../kit/page.ts'
import type { PatientFile } from './file.ts'
import { Frame } from './frame.tsx'
import { PatientPanel } from './patient-panel.tsx'

const refreshMs = 1_000

interface Desk {
  doctor: string
  files: PatientFile[]
}

function DeskPage() {
  const [desk, setDesk] = useState<Desk | null>()
  const [chosen, setChosen] = useState<string>()

  const load = () => call<Desk | null>('GET', '/api/desk').then(setDesk, () => undefined)
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [])
  const open = async () => {
    await call('POST', '/api/desk/session')
    await load()
  }

  if (desk === undefined) return <Frame place="Desk">{<p role="status">One moment…</p>}</Frame>
  if (desk === null) {
    return (
      <Frame place="Desk">
        <h1>The doctor’s desk</h1>
        <p>In this demonstration anybody may sit down here.</p>
        <button type="button" onClick={open}>
          Sit down as Dr. Maja Lindqvist
        </button>
      </Frame>
    )
  }
  const file = desk.files.find(({ patient }) => patient.id === chosen) ?? desk.files[0]
  return (
    <Frame place="Desk" who={desk.doctor} wide>
      <div class="desk">
        <nav aria-label="Patients">
          <h2>Patients today</h2>
          {desk.files.map(({ patient, connected }) => (
            <button
              key={patient.id}
              type="button"
              class="name"
              aria-current={patient.id === file?.patient.id}
              onClick={() => setChosen(patient.id)}
            >
              <b>{patient.name}</b>
              <span>born {dayOf(patient.birthDate)}</span>
              <span>{connected ? 'Carekey connected' : 'no Carekey yet'}</span>
            </button>
          ))}
        </nav>
        {file && <PatientPanel key={file.patient.id} file={file} onChanged={load} />}
      </div>
    </Frame>
  )
}

const app = document.getElementById('app')
if (app) render(<DeskPage />, app)
