// St. Brigid Hospital: a demonstration of a hospital that gives records to its patients.
// A process of its own; what it needs is configured by environment variables (../kit/config.ts).

import type { DatabaseSync } from 'node:sqlite'
import { createPortal, type Portal } from 'carekey/portal/server'
import { z } from 'zod'
import { pageRoutes } from '../kit/assets.ts'
import { readConfig } from '../kit/config.ts'
import { sqliteStore } from '../kit/database.ts'
import { holdShares } from '../kit/emergencies.ts'
import { connectionOf, listPatients, patientOf, requireConnection, saveConnection } from '../kit/patients.ts'
import { run } from '../kit/run.ts'
import { sessions } from '../kit/session.ts'
import { signedBy } from '../kit/signed-by.ts'
import { Refused, type Routes, serve } from '../kit/web.ts'
import {
  type Delivery,
  documentOf,
  listDeliveries,
  listDocuments,
  openStBrigid,
  saveDelivery,
} from './database.ts'
import { listDisputes } from './disputes.ts'
import { forgetPending, recordStore } from './records.ts'
import { keepSettling } from './settle.ts'

const config = readConfig(process.env)
const database = await openStBrigid(config.data)
const carekey = await createPortal({
  ...config.carekey,
  store: sqliteStore(database),
  deposits: recordStore(database),
})
const stopSettling = keepSettling(database, carekey, {
  supporters: config.supporters,
  everyMs: config.pollMs,
})
const session = sessions(database, 'st-brigid')
const staff = sessions(database, 'st-brigid-staff')

const receiptSchema = z.object({ review: z.enum(['granted', 'declined', 'none']).optional() })
const refusalSchema = z.object({ reason: z.string().max(64), message: z.string().max(400) })

/** A delivery that the ledger had not confirmed yet is asked about again whenever somebody looks. */
async function currentDeliveries(
  hospital: DatabaseSync,
  portal: Portal,
  patient: string,
): Promise<Delivery[]> {
  const connection = connectionOf(hospital, patient)
  for (const delivery of listDeliveries(hospital, patient)) {
    if (!connection || (delivery.state !== 'saving' && delivery.state !== 'offered')) continue
    const { status } = await portal
      .confirmDeposit(delivery, connection.patient)
      .catch(() => ({ status: 'waiting' }))
    if (status === 'anchored') saveDelivery(hospital, { ...delivery, state: 'saved', note: '' })
  }
  return listDeliveries(hospital, patient)
}

async function accountOf(id: string) {
  const deliveries = await currentDeliveries(database, carekey, id)
  const patient = connectionOf(database, id)?.patient
  return {
    patient: patientOf(database, id),
    connected: patient !== undefined,
    documents: await Promise.all(
      listDocuments(database, id).map(async (document) => {
        const delivery = deliveries.find(({ documentId }) => documentId === document.id) ?? null
        const isSaved = delivery?.state === 'saved' && patient !== undefined
        const standing = isSaved ? await carekey.depositStatus(delivery.commitment, patient) : null
        return { ...document, delivery, standing }
      }),
    ),
  }
}

const api: Routes = {
  'GET /api/accounts': () => listPatients(database),
  'POST /api/session': async (call) => {
    const { id } = z.object({ id: z.string() }).parse(await call.json())
    session.begin(call, patientOf(database, id).id)
  },
  'DELETE /api/session': (call) => session.end(call),
  /** Null for nobody: that is no error of a page that has just been opened. */
  'GET /api/account': (call) => {
    const id = session.find(call)
    return id === undefined ? null : accountOf(id)
  },

  'POST /api/carekey/challenge': (call) => {
    session.require(call)
    return carekey.challenge()
  },
  'POST /api/carekey/connection': async (call) => {
    const id = session.require(call)
    const { patient, recipient, voucher } = await carekey.acceptConnection(await call.json())
    saveConnection(database, id, { patient, recipient })
    return { voucher }
  },

  'POST /api/documents/:id/offer': async (call) => {
    const patient = session.require(call)
    const document = documentOf(database, patient, call.path.id ?? '')
    const { title, category, mediaType, practitioner, content, start, end } = document
    const offer = await carekey.offerDeposit({
      ...requireConnection(database, patient),
      document: {
        title,
        category,
        mediaType,
        practitioner,
        content,
        period: { start, end },
        ...signedBy(config.practitioners, practitioner),
      },
      review: {},
    })
    const { commitment } = offer.anchor
    const former = listDeliveries(database, patient).find(({ documentId }) => documentId === document.id)
    if (former) forgetPending(database, former.commitment)
    saveDelivery(database, { documentId: document.id, commitment, state: 'offered', note: '' })
    return offer
  },
  'POST /api/documents/:id/receipt': async (call) => {
    const delivery = requireDelivery(session.require(call), call.path.id)
    const { review } = receiptSchema.parse(await call.json())
    saveDelivery(database, { ...delivery, state: 'saving', note: '' })
    // What the page says of the ledger is not believed; that the patient lets others check it can do no harm.
    if (review === 'granted') await carekey.openDeposit(delivery.commitment)
  },
  'POST /api/documents/:id/refusal': async (call) => {
    const delivery = requireDelivery(session.require(call), call.path.id)
    const { reason, message } = refusalSchema.parse(await call.json())
    const state = reason === 'declined' || reason === 'request-expired' ? 'declined' : 'failed'
    if (delivery.state === 'saved') return
    saveDelivery(database, { ...delivery, state, note: message })
    if (state === 'declined') forgetPending(database, delivery.commitment)
  },

  'POST /api/staff/session': (call) => staff.begin(call, 'records-office'),
  'GET /api/staff/disputes': (call) => {
    staff.require(call)
    return listDisputes(database, carekey)
  },
  'GET /api/staff': async (call) => {
    if (staff.find(call) === undefined) return null
    return Promise.all(listPatients(database).map(({ id }) => accountOf(id)))
  },
}

function requireDelivery(patient: string, document: string | undefined): Delivery {
  const delivery = listDeliveries(database, patient).find(({ documentId }) => documentId === document)
  if (!delivery) throw new Refused(404, 'This document was not sent.')
  return delivery
}

const pages = await pageRoutes(new URL('./page/', import.meta.url), {
  '/': { entry: 'patient.tsx', title: 'My health records – St. Brigid Hospital', style: 'hospital.css' },
  '/staff': { entry: 'staff.tsx', title: 'Records office – St. Brigid Hospital', style: 'hospital.css' },
})

const shares = holdShares(carekey, config.pollMs)
run('st-brigid', serve({ ...api, ...pages }), config.port, async () => {
  await stopSettling()
  await shares.stop()
  await carekey.stop()
  database.close()
})
