// Lindqvist Clinic: a demonstration of a clinic that asks patients for records which others wrote.
// A process of its own; what it needs is configured by environment variables (../kit/config.ts).
import { CarekeyError, createPortal } from 'carekey/portal/server'
import { z } from 'zod'
import { pageRoutes } from '../kit/assets.ts'
import { readConfig } from '../kit/config.ts'
import { sqliteStore } from '../kit/database.ts'
import { holdShares } from '../kit/emergencies.ts'
import { connectionOf, listPatients, patientOf, requireConnection, saveConnection } from '../kit/patients.ts'
import { readable } from '../kit/readable.ts'
import { run } from '../kit/run.ts'
import { sessions } from '../kit/session.ts'
import { signedBy } from '../kit/signed-by.ts'
import { type Call, Refused, type Routes, serve } from '../kit/web.ts'
import { listReceived, listRequests, openLindqvist, requestOf, saveRequest } from './database.ts'
import { emergencyApi, noteAudit } from './emergency.ts'
import { fetchOnceMore, takeDecision } from './reading.ts'

const config = readConfig(process.env)
const database = await openLindqvist(config.data)
const carekey = await createPortal({
  ...config.carekey,
  store: sqliteStore(database),
  audit: (event) => noteAudit(database, event),
})
const visits = sessions(database, 'lindqvist-visit')
const desks = sessions(database, 'lindqvist-desk')
const emergencyDesks = sessions(database, 'lindqvist-emergency')

const day = 24 * 60 * 60
const doctor = 'Dr. Maja Lindqvist'

/** What the clinic asks for, and how it says so to the patient. */
const wishes = {
  'check-in': {
    label: 'Laboratory results and medicines of the last five years',
    categories: ['laboratory', 'medications'],
    lastYears: 5,
    durationSeconds: 7 * day,
    reason: 'So that your doctor knows your results and medicines before your appointment.',
  },
  imaging: {
    label: 'Imaging reports of the last ten years',
    categories: ['imaging'],
    lastYears: 10,
    durationSeconds: 1 * day,
    reason: 'Your doctor would like to compare your new pictures with earlier ones.',
  },
} as const

async function ask(patientId: string, wish: keyof typeof wishes, askedBy: string) {
  const { label, ...asked } = wishes[wish]
  const { patient } = requireConnection(database, patientId)
  const request = await carekey.requestAccess({
    patient,
    purpose: 'TREAT',
    practitioner: askedBy,
    ...signedBy(config.practitioners, askedBy),
    ...asked,
  })
  const empty = { state: 'waiting', decidedAt: null, until: null, granted: null, note: '' } as const
  const askedAt = Math.floor(Date.now() / 1_000)
  saveRequest(database, { id: request.id, patientId, wish, label, askedBy, askedAt, ...empty })
  return request
}

const fileOf = (id: string) => ({
  patient: patientOf(database, id),
  connected: connectionOf(database, id) !== undefined,
  requests: listRequests(database, id).map(({ granted, ...request }) => ({
    ...request,
    granted: granted !== null,
  })),
  records: listReceived(database, id).map(({ content, ...record }) => ({
    ...record,
    rows: readable(content),
  })),
})

const visitApi: Routes = {
  'GET /api/appointments': () => listPatients(database),
  'POST /api/visit': async (call) => {
    const { id } = z.object({ id: z.string() }).parse(await call.json())
    visits.begin(call, patientOf(database, id).id)
  },
  'DELETE /api/visit': (call) => visits.end(call),
  /** Null for nobody: that is no error of a page that has just been opened. */
  'GET /api/visit': (call) => {
    const id = visits.find(call)
    return id === undefined ? null : fileOf(id)
  },
  'POST /api/carekey/challenge': (call) => {
    visits.require(call)
    return carekey.challenge()
  },
  'POST /api/carekey/connection': async (call) => {
    const id = visits.require(call)
    const { patient, recipient, voucher } = await carekey.acceptConnection(await call.json())
    saveConnection(database, id, { patient, recipient })
    return { voucher }
  },
  'POST /api/request': (call) => ask(visits.require(call), 'check-in', doctor),
  'POST /api/request/:id/answer': async (call) => {
    const request = ownRequest(call)
    const decision = await carekey.acceptDecision(await call.json())
    if (decision.request !== request.id) throw new Refused(409, 'This answers another request.')
    await takeDecision(database, carekey, decision)
  },
  'POST /api/request/:id/failure': async (call) => {
    const request = ownRequest(call)
    const { reason, message } = z
      .object({ reason: z.string(), message: z.string().max(400) })
      .parse(await call.json())
    const state =
      reason === 'request-expired' ? 'expired' : reason === 'request-cancelled' ? 'cancelled' : 'failed'
    if (request.state === 'waiting') saveRequest(database, { ...request, state, note: message })
  },
}

function ownRequest(call: Call) {
  const patient = visits.require(call)
  const request = requestOf(database, call.path.id ?? '')
  if (request.patientId !== patient) throw new Refused(404, 'We asked no such thing.')
  return request
}

const transportSchema = z.object({ transport: z.enum(['auto', 'webrtc', 'gateway']).default('auto') })

const deskApi: Routes = {
  'POST /api/desk/session': (call) => desks.begin(call, doctor),
  'GET /api/desk': (call) => {
    if (desks.find(call) === undefined) return null
    return { doctor, files: listPatients(database).map(({ id }) => fileOf(id)) }
  },
  'POST /api/desk/patients/:id/ask': async (call) => {
    desks.require(call)
    const id = patientOf(database, call.path.id ?? '').id
    const request = await ask(id, 'imaging', doctor)
    try {
      await carekey.sendRequest(requireConnection(database, id), request)
    } catch (error) {
      const note = error instanceof CarekeyError ? error.message : ''
      saveRequest(database, { ...requestOf(database, request.id), state: 'failed', note })
      throw error
    }
  },
  'POST /api/desk/requests/:id/fetch': async (call) => {
    desks.require(call)
    const request = requestOf(database, call.path.id ?? '')
    if (request.granted === null) throw new Refused(409, 'The patient has not allowed this.')
    const { transport } = transportSchema.parse(await call.json())
    return fetchOnceMore(database, carekey, request, transport)
  },
}

const emergency = emergencyApi(database, carekey, config.practitioners, emergencyDesks)

const pages = await pageRoutes(new URL('./page/', import.meta.url), {
  '/': { entry: 'check-in.tsx', title: 'Check in – Lindqvist Clinic', style: 'clinic.css' },
  '/emergency': { entry: 'emergency.tsx', title: 'Emergency – Lindqvist Clinic', style: 'emergency.css' },
  '/desk': { entry: 'desk.tsx', title: 'Desk – Lindqvist Clinic', style: 'clinic.css' },
})

const shares = holdShares(carekey, config.pollMs)
const stopping = new AbortController()
let collecting: Promise<unknown> = Promise.resolve()
let silent = false
const timer = setInterval(() => {
  collecting = collecting
    .then(() =>
      carekey.collectDecisions((decision) => takeDecision(database, carekey, decision), stopping.signal),
    )
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

run('lindqvist', serve({ ...visitApi, ...deskApi, ...emergency, ...pages }), config.port, async () => {
  clearInterval(timer)
  stopping.abort()
  await collecting
  await shares.stop()
  await carekey.stop()
  database.close()
})
