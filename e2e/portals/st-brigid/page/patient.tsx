import { type DepositOffer, findCarekey, type Voucher } from 'carekey/portal/page'
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, type Failure, failureOf } from '../../kit/page.ts'
import type { Account, HospitalDocument, Patient } from './account.ts'
import { ConnectBox } from './connect-box.tsx'
import { DocumentRow } from './document-row.tsx'
import { Frame } from './frame.tsx'
import { SignIn } from './sign-in.tsx'

const refreshMs = 1_500

function PatientPage() {
  const [account, setAccount] = useState<Account | null>()
  const [accounts, setAccounts] = useState<Patient[]>([])
  const [failure, setFailure] = useState<Failure>()

  const load = async () => {
    const loaded = await call<Account | null>('GET', '/api/account')
    if (loaded === null) setAccounts(await call<Patient[]>('GET', '/api/accounts'))
    setAccount(loaded)
  }
  useEffect(() => {
    void load()
  }, [])

  const unsettled = account?.documents.some(({ delivery }) => delivery?.state === 'saving')
  useEffect(() => {
    if (!unsettled) return
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [unsettled])

  const signIn = async (id: string) => {
    await call('POST', '/api/session', { id })
    await load()
  }
  const leave = async () => {
    await call('DELETE', '/api/session')
    setFailure(undefined)
    await load()
  }

  const connect = async () => {
    setFailure(undefined)
    try {
      const carekey = await findCarekey()
      await carekey.connect(await call('POST', '/api/carekey/challenge'), (connection) =>
        call<{ voucher: Voucher }>('POST', '/api/carekey/connection', connection),
      )
    } catch (error) {
      setFailure(failureOf(error))
    }
    await load()
  }

  const send = async (document: HospitalDocument) => {
    setFailure(undefined)
    const path = `/api/documents/${document.id}`
    try {
      const carekey = await findCarekey()
      const offer = await call<DepositOffer>('POST', `${path}/offer`)
      const saved = carekey.deposit(offer).then(
        (receipt) => call('POST', `${path}/receipt`, receipt),
        (error) => call('POST', `${path}/refusal`, refusalOf(error)),
      )
      await load()
      await saved
    } catch (error) {
      setFailure(failureOf(error))
    }
    await load()
  }

  if (account === undefined)
    return <Frame section="records">{<p role="status">Opening your records…</p>}</Frame>
  if (account === null) {
    return (
      <Frame section="records">
        <SignIn accounts={accounts} onChoose={signIn} />
      </Frame>
    )
  }
  return (
    <Frame section="records" who={account.patient.name} onLeave={leave}>
      <h1>Good day, {account.patient.name}</h1>
      <p class="lead">
        Here are the documents that we hold for you, hospital number {account.patient.number}.
      </p>
      <ConnectBox connected={account.connected} failure={failure} onConnect={connect} />
      <h2>Your documents</h2>
      <ul class="documents" aria-label="Documents">
        {account.documents.map((document) => (
          <DocumentRow
            key={document.id}
            document={document}
            connected={account.connected}
            onSend={() => send(document)}
          />
        ))}
      </ul>
    </Frame>
  )
}

const refusalOf = (error: unknown) => {
  const { reason = 'internal', message } = failureOf(error)
  return { reason, message }
}

const app = document.getElementById('app')
if (app) render(<PatientPage />, app)
