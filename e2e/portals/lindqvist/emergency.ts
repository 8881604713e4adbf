import type { DatabaseSync } from 'node:sqlite'
import type { EmergencyAuditEvent, Portal } from 'carekey/portal/server'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import type { Practitioner } from '../kit/config.ts'
import { rows } from '../kit/database.ts'
import { readable } from '../kit/readable.ts'
import type { sessions } from '../kit/session.ts'
import { Refused, type Routes } from '../kit/web.ts'

export const auditTable = `
  CREATE TABLE IF NOT EXISTS audit_event (recorded TEXT NOT NULL, event TEXT NOT NULL) STRICT;
`

/** Where the clinic keeps what must be noted of emergencies. */
export function noteAudit(database: DatabaseSync, event: EmergencyAuditEvent): void {
  database.prepare('INSERT INTO audit_event VALUES (?, ?)').run(String(event.recorded), JSON.stringify(event))
}

const openingSchema = z.object({
  card: z.string(),
  reason: z.string(),
  detail: z.string(),
})

/** The emergency desk: a practitioner opens by a patient's card, waits, reads the summary, and is noted. */
export function emergencyApi(
  database: DatabaseSync,
  { emergency }: Portal,
  practitioners: readonly Practitioner[],
  desks: ReturnType<typeof sessions>,
): Routes {
  const sittingHere = (call: Parameters<typeof desks.find>[0]) => {
    const name = desks.find(call)
    return practitioners.find((one) => one.name === name)
  }
  return {
    'GET /api/emergency': async (call) => {
      const me = sittingHere(call)
      const names = practitioners.map(({ name, role }) => ({ name, role }))
      if (!me) return { practitioners: names, me: null, cases: [] }
      const ids = await emergency.cases()
      const all = await Promise.all(ids.map((id) => emergency.status(id)))
      const cases = all.filter(({ opening }) => opening.practitioner === me.id).reverse()
      return { practitioners: names, me: me.name, cases, notes: notesOf(database) }
    },
    'POST /api/emergency/session': async (call) => {
      const { name } = z.object({ name: z.string() }).parse(await call.json())
      if (!practitioners.some((one) => one.name === name))
        throw new Refused(404, 'Nobody of that name works here.')
      desks.begin(call, name)
    },
    'DELETE /api/emergency/session': (call) => desks.end(call),
    'POST /api/emergency/cases': async (call) => {
      const me = sittingHere(call)
      if (!me) throw new Refused(401, 'Please sit down first.')
      const account = privateKeyToAccount(me.signingKey)
      const practitioner = {
        id: me.id,
        sign: (data: Parameters<typeof account.signTypedData>[0]) => account.signTypedData(data),
      }
      return emergency.open({ ...openingSchema.parse(await call.json()), practitioner })
    },
    'POST /api/emergency/cases/:id/read': async (call) => {
      if (!sittingHere(call)) throw new Refused(401, 'Please sit down first.')
      const read = await emergency.read(call.path.id ?? '')
      return read.state === 'open'
        ? { state: 'open', closesAt: read.closesAt, ...personIn(read.content), rows: readable(read.content) }
        : read
    },
    'POST /api/emergency/cases/:id/close': async (call) => {
      if (!sittingHere(call)) throw new Refused(401, 'Please sit down first.')
      await emergency.close(call.path.id ?? '')
    },
  }
}

const noteSchema = z.object({
  recorded: z.string(),
  subtype: z.array(z.object({ display: z.string() })),
  entity: z.array(z.object({ detail: z.array(z.object({ valueString: z.string() })) })),
})

/** By case, oldest first. */
function notesOf(database: DatabaseSync) {
  const kept = rows(database, z.object({ event: z.string() }), 'SELECT event FROM audit_event ORDER BY rowid')
  return kept.map(({ event }) => {
    const { recorded, subtype, entity } = noteSchema.parse(JSON.parse(event))
    return { recorded, what: subtype[0]?.display ?? '', case: entity[0]?.detail[0]?.valueString ?? '' }
  })
}

const patientSchema = z.object({
  resourceType: z.literal('Patient'),
  name: z.array(z.object({ text: z.string() })),
  birthDate: z.string().optional(),
  contact: z
    .array(
      z.object({
        name: z.object({ text: z.string() }),
        relationship: z.array(z.object({ text: z.string() })),
        telecom: z.array(z.object({ value: z.string() })),
      }),
    )
    .default([]),
})
const bundleSchema = z.object({ entry: z.array(z.object({ resource: z.unknown() })) })

/** Who it is and whom to call, from the summary's own patient. */
function personIn(content: Uint8Array) {
  const bundle = bundleSchema.parse(JSON.parse(new TextDecoder().decode(content)))
  const found = bundle.entry
    .map(({ resource }) => patientSchema.safeParse(resource))
    .find(({ success }) => success)
  const person = found?.data
  return {
    name: person?.name[0]?.text ?? '',
    birthDate: person?.birthDate ?? '',
    contacts: (person?.contact ?? []).map(({ name, relationship, telecom }) => ({
      name: name.text,
      relation: relationship[0]?.text ?? '',
      phone: telecom[0]?.value ?? '',
    })),
  }
}
