import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, failureOf, timeOf } from '../../kit/page.ts'
import { type Account, stateTexts } from './account.ts'
import { ClaimTable } from './claim-table.tsx'
import { Frame } from './frame.tsx'

const refreshMs = 1_000

interface Office {
  clerk: string
  accounts: Account[]
}

function OfficePage() {
  const [office, setOffice] = useState<Office | null>()
  const load = () => call<Office | null>('GET', '/api/office').then(setOffice, () => undefined)
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [])
  const open = async () => {
    await call('POST', '/api/office/session')
    await load()
  }
  if (office === undefined) return <Frame place="Billing office">{<p role="status">One moment…</p>}</Frame>
  if (office === null) {
    return (
      <Frame place="Billing office">
        <h1>The billing office</h1>
        <p>In this demonstration anybody may sit down here.</p>
        <div class="acts">
          <button type="button" onClick={open}>
            Open the billing office
          </button>
        </div>
      </Frame>
    )
  }
  return (
    <Frame place="Billing office" who={office.clerk}>
      <h1>Members’ bills</h1>
      {office.accounts.map((account) => (
        <Member key={account.member.id} account={account} onChanged={load} />
      ))}
    </Frame>
  )
}

function Member({ account, onChanged }: { account: Account; onChanged: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState('')
  const { member, connected, care } = account
  const [latest] = account.requests
  const act = async (path: string) => {
    setBusy(true)
    setRefused('')
    await call('POST', `/api/office/members/${member.id}/${path}`).catch((error: unknown) =>
      setRefused(failureOf(error).message),
    )
    setBusy(false)
    await onChanged()
  }
  return (
    <section aria-label={member.name} data-testid={`member-${member.id}`}>
      <h2>
        {member.name} <small>{member.number}</small>
      </h2>
      {!connected && <p class="soft">Has not connected Carekey with us.</p>}
      {latest && (
        <p class="answer" data-testid="answer" data-state={latest.state}>
          <b>{stateTexts[latest.state]}</b>
          {latest.until !== null && ` until ${timeOf(latest.until)}`}
          {latest.note && `. ${latest.note}`}
        </p>
      )}
      {connected && (
        <>
          <ClaimTable account={account} />
          <p class="soft" data-testid="care">
            Records of care that we hold: <b>{care === 0 ? 'none' : care}</b>
          </p>
          <div class="acts">
            <button type="button" onClick={() => act('ask')} disabled={busy}>
              Ask for the bills
            </button>
            <button type="button" class="plain" onClick={() => act('ask-care')} disabled={busy}>
              Ask for laboratory reports as well
            </button>
          </div>
          {refused && (
            <p class="problem" role="alert" data-testid="refused">
              Refused. {refused}
            </p>
          )}
        </>
      )}
    </section>
  )
}

const app = document.getElementById('app')
if (app) render(<OfficePage />, app)
