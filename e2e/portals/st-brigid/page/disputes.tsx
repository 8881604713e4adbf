import { useEffect, useState } from 'preact/hooks'
import { call, timeOf } from '../../kit/page.ts'

interface Disputed {
  patient: string
  title: string
  reason: string
  status: 'open' | 'upheld' | 'dismissed'
  at: number
}

const refreshMs = 3_000
const words = {
  open: 'Open: answer the patient',
  upheld: 'The patient is right',
  dismissed: 'The bill stands',
} as const

/** What patients say against what was sent, for those who sent it. */
export function Disputes() {
  const [disputes, setDisputes] = useState<Disputed[]>([])
  useEffect(() => {
    const load = () => call<Disputed[]>('GET', '/api/staff/disputes').then(setDisputes, () => undefined)
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [])
  if (disputes.length === 0) return null
  return (
    <>
      <h2>Disputed by patients</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Patient</th>
            <th scope="col">Document</th>
            <th scope="col">Reason</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {disputes.map(({ patient, title, reason, status, at }) => (
            <tr key={`${patient} ${title}`} data-testid="dispute">
              <td>{patient}</td>
              <td>{title}</td>
              <td>{reason}</td>
              <td>
                <span class={`state ${status === 'open' ? 'offered' : 'saved'}`}>{words[status]}</span>
              </td>
              <td>{timeOf(at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
