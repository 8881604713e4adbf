import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, timeOf } from '../../kit/page.ts'
import type { Account } from './account.ts'
import { Disputes } from './disputes.tsx'
import { Frame } from './frame.tsx'
import { standingForStaff, standingTitles } from './standing.ts'

const refreshMs = 3_000
const words = {
  offered: 'Offered, no answer yet',
  saving: 'Saved by the patient, not yet on the ledger',
  saved: 'On the ledger',
  declined: 'Declined by the patient',
  failed: 'Failed',
} as const

/** What the records office sees of the documents that were sent. */
function StaffPage() {
  const [accounts, setAccounts] = useState<Account[] | null>()
  const load = () => call<Account[] | null>('GET', '/api/staff').then(setAccounts)
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [])
  const open = async () => {
    await call('POST', '/api/staff/session')
    await load()
  }

  const sent = (accounts ?? []).flatMap(({ patient, documents }) =>
    documents.flatMap((document) =>
      document.delivery ? [{ patient, document, delivery: document.delivery }] : [],
    ),
  )
  return (
    <Frame section="staff" who={accounts ? 'Records office' : undefined}>
      <h1>Sent documents</h1>
      {accounts === null && (
        <section class="panel">
          <p>This is a demonstration: anybody may open the records office.</p>
          <button type="button" onClick={open}>
            Open the records office
          </button>
        </section>
      )}
      {accounts && sent.length === 0 && (
        <p class="panel">No patient has sent a document to their Carekey yet.</p>
      )}
      {sent.length > 0 && (
        <div class="wide">
          <table>
            <thead>
              <tr>
                <th scope="col">Patient</th>
                <th scope="col">Document</th>
                <th scope="col">State</th>
                <th scope="col">Confirmation</th>
                <th scope="col">Since</th>
              </tr>
            </thead>
            <tbody>
              {sent.map(({ patient, document, delivery }) => (
                <tr key={document.id}>
                  <td>{patient.name}</td>
                  <td>{document.title}</td>
                  <td>
                    <span class={`state ${delivery.state}`}>{words[delivery.state]}</span>
                    {delivery.note && <small> {delivery.note}</small>}
                  </td>
                  <td data-testid="confirmation" data-status={document.standing?.status ?? 'none'}>
                    {document.standing && (
                      <>
                        <span class={`state ${document.standing.status}`}>
                          {standingTitles[document.standing.status]}
                        </span>
                        <small> {standingForStaff(document.standing)}</small>
                      </>
                    )}
                  </td>
                  <td class="since">{timeOf(delivery.changedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {accounts && <Disputes />}
    </Frame>
  )
}

const app = document.getElementById('app')
if (app) render(<StaffPage />, app)
