import {
  findCarekey,
  type SignedAccessRequest,
  type SignedChallenge,
  type Voucher,
} from 'carekey/portal/page'
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, dayOf, type Failure, failureOf, timeOf } from '../../kit/page.ts'
import { type Account, stateTexts } from './account.ts'
import { ClaimTable } from './claim-table.tsx'
import { Frame } from './frame.tsx'

const refreshMs = 1_000

function MemberPage() {
  const [account, setAccount] = useState<Account | null>()
  const [members, setMembers] = useState<Account['member'][]>([])
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState<'connect' | 'share'>()

  const load = async () => {
    const loaded = await call<Account | null>('GET', '/api/account')
    if (loaded === null) setMembers(await call<Account['member'][]>('GET', '/api/members'))
    setAccount(loaded)
  }
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [])

  const attempt = async (what: 'connect' | 'share', action: () => Promise<void>) => {
    setFailure(undefined)
    setBusy(what)
    await action().catch((error: unknown) => setFailure(failureOf(error)))
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
    attempt('share', async () => {
      const carekey = await findCarekey()
      const request = await call<SignedAccessRequest & { id: string }>('POST', '/api/request')
      const path = `/api/request/${request.id}`
      const answer = await carekey.requestAccess(request).catch(async (error: unknown) => {
        await call('POST', `${path}/failure`, { message: failureOf(error).message })
        throw error
      })
      await call('POST', `${path}/answer`, answer)
    })
  const signIn = async (id: string) => {
    await call('POST', '/api/session', { id })
    await load()
  }
  const leave = async () => {
    await call('DELETE', '/api/session')
    await load()
  }

  if (account === undefined) return <Frame place="For members">{<p role="status">One moment…</p>}</Frame>
  if (account === null) return <Welcome members={members} onChoose={signIn} />
  const [latest] = account.requests
  return (
    <Frame place="For members" who={account.member.name}>
      <h1>Your bills, {account.member.name}</h1>
      <p>
        Member {account.member.number}. Show us your bills, and we pay our part. We ask for bills alone: what
        your doctors wrote about you stays with you.
      </p>
      {failure && <Problem failure={failure} />}
      <div class="acts">
        {account.connected ? (
          <button type="button" onClick={share} disabled={busy !== undefined}>
            {busy === 'share' ? 'Look at your Carekey…' : 'Show you my bills'}
          </button>
        ) : (
          <button type="button" onClick={connect} disabled={busy !== undefined}>
            {busy === 'connect' ? 'Waiting for your Carekey…' : 'Connect Carekey'}
          </button>
        )}
        {account.connected && (
          <span class="soft" data-testid="connected">
            Your Carekey is connected.
          </span>
        )}
      </div>
      {latest && (
        <p class="answer" role="status" data-testid="answer" data-state={latest.state}>
          <b>{stateTexts[latest.state]}</b>
          {latest.until !== null && ` until ${timeOf(latest.until)}`}
          {latest.note && `. ${latest.note}`}
        </p>
      )}
      <h2>What we have received</h2>
      <ClaimTable account={account} />
      <button type="button" class="plain" onClick={leave}>
        I am somebody else
      </button>
    </Frame>
  )
}

function Welcome(props: { members: Account['member'][]; onChoose: (id: string) => Promise<void> }) {
  return (
    <Frame place="For members">
      <h1>Welcome to your Society</h1>
      <p>In this demonstration you may be any member.</p>
      <ul class="names">
        {props.members.map((member) => (
          <li key={member.id}>
            <button type="button" class="plain" onClick={() => props.onChoose(member.id)}>
              {member.name}
              <small>
                {member.number}, born {dayOf(member.birthDate)}
              </small>
            </button>
          </li>
        ))}
      </ul>
    </Frame>
  )
}

function Problem({ failure }: { failure: Failure }) {
  if (failure.reason !== 'wallet-missing') {
    return (
      <p class="problem" role="alert" data-testid="failure">
        {failure.message}
      </p>
    )
  }
  return (
    <p class="problem" role="alert" data-testid="wallet-missing">
      Carekey is not on this page yet. Click its icon beside the address bar once, allow this site, and try
      again.
    </p>
  )
}

const app = document.getElementById('app')
if (app) render(<MemberPage />, app)
