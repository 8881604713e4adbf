import type { DatabaseSync } from 'node:sqlite'
import { CarekeyError, type OpenedGrant, type PatientDecision, type Portal } from 'carekey/portal/server'
import { type ClinicRequest, requestOf, saveReceived, saveRequest } from './database.ts'

type Granted = Extract<PatientDecision, { kind: 'granted' }>['granted']

/** What came of a fetch, in the clinic's words. */
export interface FetchResult {
  ok: boolean
  /** Of each record: straight from the patient's browser, or from the relay. */
  transports: ('webrtc' | 'gateway')[]
  ledger: string | null
  relay: string | null
  message: string
}

const said: Record<string, string> = {
  'grant-revoked': 'the patient has taken the permission back',
  'grant-expired': 'the permission has run out',
  'grant-unknown': 'there is no such permission',
  'grant-not-started': 'the permission has not begun yet',
  'practitioner-suspended': 'our doctor who asked is suspended by the health authority',
  'organization-suspended': 'our clinic’s accreditation is suspended',
  'ledger-unreachable': 'the ledger cannot be asked right now',
  'relay-unreachable': 'the relay cannot be reached right now',
}

/** Keeps the patient's answer; when it is a yes, fetches and keeps the records too. */
export async function takeDecision(
  database: DatabaseSync,
  portal: Portal,
  decision: PatientDecision,
): Promise<void> {
  const request = requestOf(database, decision.request)
  if (request.state !== 'waiting' && request.state !== 'failed') return
  const { outcome, decidedAt } = decision
  if (decision.kind === 'decided') {
    return saveRequest(database, { ...request, state: outcome, decidedAt })
  }
  const { granted } = decision
  const until = granted.grant.grant.notAfter
  const answered = { ...request, state: outcome, decidedAt, until, granted: JSON.stringify(granted) }
  saveRequest(database, answered)
  try {
    await keep(database, portal, answered, await portal.openGrant(granted, { patient: decision.patient }))
  } catch (error) {
    saveRequest(database, { ...answered, note: `Allowed, but not received: ${plain(error)}` })
  }
}

/** Fetches once more under the permission that was given, and says who refuses if it is refused. */
export async function fetchOnceMore(
  database: DatabaseSync,
  portal: Portal,
  request: ClinicRequest,
  transport: 'auto' | 'webrtc' | 'gateway',
): Promise<FetchResult> {
  const granted: Granted = JSON.parse(request.granted ?? 'null')
  const result = await portal
    .fetchAgain(granted, { transport })
    .catch((error: unknown) => ({ failed: plain(error) }))
  if ('failed' in result) {
    return { ok: false, transports: [], ledger: null, relay: null, message: `Not received: ${result.failed}` }
  }
  if (result.ok) {
    await keep(database, portal, request, result.opened)
    const transports = result.opened.records.map((record) => record.transport)
    return { ok: true, transports, ledger: null, relay: null, message: received(transports) }
  }
  const { ledger, relay } = result
  const voices = [
    ledger ? `The public ledger says: ${said[ledger.reason] ?? ledger.message}.` : '',
    relay ? `The relay says: ${said[relay.reason] ?? relay.message}.` : '',
  ]
  return {
    ok: false,
    transports: [],
    ledger: ledger?.reason ?? null,
    relay: relay?.reason ?? null,
    message: `Refused. ${voices.filter(Boolean).join(' ')}`,
  }
}

async function keep(
  database: DatabaseSync,
  portal: Portal,
  request: ClinicRequest,
  opened: OpenedGrant,
): Promise<void> {
  saveReceived(database, request, opened)
  saveRequest(database, { ...request, note: '' })
  // The note on the ledger is owed to the patient; that it failed must not hide what was received.
  await portal.logAccess(opened).catch((error: unknown) => {
    console.error(`The access was not noted on the ledger: ${plain(error)}`)
  })
}

function received(transports: FetchResult['transports']): string {
  const count = transports.length === 1 ? '1 record' : `${transports.length} records`
  const direct = transports.every((transport) => transport === 'webrtc')
  return `Received ${count} again, ${direct ? 'straight from the patient’s own browser' : 'from the relay'}.`
}

const plain = (error: unknown): string => {
  if (error instanceof CarekeyError) return said[error.reason] ?? error.message
  console.error(error)
  return 'something went wrong on our side'
}
