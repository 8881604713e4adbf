// Harbour Mutual: a demonstration of an insurer's billing office. It asks its members for their bills, and for no care.
// A process of its own; what it needs is configured by environment variables (../kit/config.ts).
import { CarekeyError, createPortal, type PatientDecision } from 'carekey/portal/server'
import { z } from 'zod'
import { pageRoutes } from '../kit/assets.ts'
import { readConfig } from '../kit/config.ts'
import { sqliteStore } from '../kit/database.ts'
import { connectionOf, listPatients, patientOf, requireConnection, saveConnection } from '../kit/patients.ts'
import { run } from '../kit/run.ts'
import { sessions } from '../kit/session.ts'
import { signedBy } from '../kit/signed-by.ts'
import { type Call, Refused, type Routes, serve } from '../kit/web.ts'
import { claimsOf, totalsOf } from './claims.ts'
import {
  listReceived,
  listRequests,
  openHarbourMutual,
  requestOf,
  saveReceived,
  saveRequest,
} from './database.ts'

const config = readConfig(process.env)
const database = await openHarbourMutual(config.data)
const carekey = await createPortal({ ...config.carekey, store: sqliteStore(database) })
const members = sessions(database, 'harbour-member')
const offices = sessions(database, 'harbour-office')

const day = 24 * 60 * 60
const clerk = 'Ines Prado, Billing Office'

/** Everything that this office may ask for. */
const wish = {
  purpose: 'HPAYMT',
  categories: ['billing'],
  lastYears: 2,
  durationSeconds: 30 * day,
  reason: 'To pay our part of your bills of the last two years.',
  practitioner: clerk,
} as const

async function ask(member: string) {
  const { patient } = requireConnection(database, member)
  const request = await carekey.requestAccess({ patient, ...wish, ...signedBy(config.practitioners, clerk) })
  const askedAt = Math.floor(Date.now() / 1_000)
  const empty = { state: 'waiting', until: null, granted: null, note: '' } as const
  saveRequest(database, { id: request.id, patientId: member, askedAt, ...empty })
  return request
}

/** Keeps the member's answer; when it is a yes, fetches the bills too. */
async function takeDecision(decision: PatientDecision): Promise<void> {
  const request = requestOf(database, decision.request)
  if (request.state !== 'waiting' && request.state !== 'failed') return
  const state = decision.outcome
  if (decision.kind === 'decided') return saveRequest(database, { ...request, state })
  const { granted, patient } = decision
  const answered = {
    ...request,
    state,
    until: granted.grant.grant.notAfter,
    granted: JSON.stringify(granted),
    note: '',
  }
  saveRequest(database, answered)
  try {
    const opened = await carekey.openGrant(granted, { patient })
    saveReceived(database, request.patientId, opened)
    await carekey.logAccess(opened)
  } catch (error) {
    const why = error instanceof CarekeyError ? error.message : 'Something went wrong on our side.'
    saveRequest(database, { ...answered, note: why })
  }
}

async function accountOf(id: string) {
  const received = listReceived(database, id)
  const { claims, unreadable } = await claimsOf(carekey, received)
  return {
    member: patientOf(database, id),
    connected: connectionOf(database, id) !== undefined,
    requests: listRequests(database, id).map(({ granted, ...request }) => ({
      ...request,
      granted: granted !== null,
    })),
    claims,
    unreadable,
    totals: totalsOf(claims),
    /** What we hold that is no bill: shown so that anybody can see that it is nothing. */
    care: received.filter(({ category }) => category !== 'billing').length,
  }
}

const memberApi: Routes = {
  'GET /api/members': () => listPatients(database),
  'POST /api/session': async (call) => {
    const { id } = z.object({ id: z.string() }).parse(await call.json())
    members.begin(call, patientOf(database, id).id)
  },
  'DELETE /api/session': (call) => members.end(call),
  /** Null for nobody: that is no error of a page that has just been opened. */
  'GET /api/account': (call) => {
    const id = members.find(call)
    return id === undefined ? null : accountOf(id)
  },
  'POST /api/carekey/challenge': (call) => {
    members.require(call)
    return carekey.challenge()
  },
  'POST /api/carekey/connection': async (call) => {
    const id = members.require(call)
    const { patient, recipient, voucher } = await carekey.acceptConnection(await call.json())
    saveConnection(database, id, { patient, recipient })
    return { voucher }
  },
  'POST /api/request': (call) => ask(members.require(call)),
  'POST /api/request/:id/answer': async (call) => {
    const request = ownRequest(call)
    const decision = await carekey.acceptDecision(await call.json())
    if (decision.request !== request.id) throw new Refused(409, 'This answers another request.')
    await takeDecision(decision)
  },
  'POST /api/request/:id/failure': async (call) => {
    const request = ownRequest(call)
    const { message } = z.object({ message: z.string().max(400) }).parse(await call.json())
    if (request.state === 'waiting') saveRequest(database, { ...request, state: 'failed', note: message })
  },
}

function ownRequest(call: Call) {
  const member = members.require(call)
  const request = requestOf(database, call.path.id ?? '')
  if (request.patientId !== member) throw new Refused(404, 'We asked no such thing.')
  return request
}

const officeApi: Routes = {
  'POST /api/office/session': (call) => offices.begin(call, clerk),
  'GET /api/office': async (call) => {
    if (offices.find(call) === undefined) return null
    return { clerk, accounts: await Promise.all(listPatients(database).map(({ id }) => accountOf(id))) }
  },
  'POST /api/office/members/:id/ask': async (call) => {
    offices.require(call)
    const { id } = patientOf(database, call.path.id ?? '')
    await carekey.sendRequest(requireConnection(database, id), await ask(id))
  },
  /** What an over-curious clerk would try. It is refused here, and by the member's Carekey if it ever came there. */
  'POST /api/office/members/:id/ask-care': async (call) => {
    offices.require(call)
    const { id } = patientOf(database, call.path.id ?? '')
    const { patient } = requireConnection(database, id)
    const request = await carekey.requestAccess({ patient, ...wish, categories: ['billing', 'laboratory'] })
    await carekey.sendRequest(requireConnection(database, id), request)
  },
}

const pages = await pageRoutes(new URL('./page/', import.meta.url), {
  '/': { entry: 'member.tsx', title: 'My bills – Harbour Mutual', style: 'mutual.css' },
  '/office': { entry: 'office.tsx', title: 'Billing office – Harbour Mutual', style: 'mutual.css' },
})

const stopping = new AbortController()
let collecting: Promise<unknown> = Promise.resolve()
let silent = false
const timer = setInterval(() => {
  collecting = collecting
    .then(() => carekey.collectDecisions(takeDecision, stopping.signal))
    .then(
      () => {
        silent = false
      },
      (error: unknown) => {
        // One line a break, not one a second.
        if (!silent && !stopping.signal.aborted) console.error('The inbox cannot be read:', error)
        silent = true
      },
    )
}, config.pollMs)

run('harbour-mutual', serve({ ...memberApi, ...officeApi, ...pages }), config.port, async () => {
  clearInterval(timer)
  stopping.abort()
  await collecting
  await carekey.stop()
  database.close()
})
