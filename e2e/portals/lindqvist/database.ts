import type { DatabaseSync } from 'node:sqlite'
import type { OpenedGrant } from 'carekey/portal/server'
import { z } from 'zod'
import { openDatabase, rows } from '../kit/database.ts'
import { loadPatients, patientTables } from '../kit/patients.ts'
import { Refused } from '../kit/web.ts'
import { auditTable } from './emergency.ts'

const tables = `
  ${patientTables}
  ${auditTable}
  CREATE TABLE IF NOT EXISTS request (
    id TEXT PRIMARY KEY, patient_id TEXT NOT NULL REFERENCES patient (id), wish TEXT NOT NULL, label TEXT NOT NULL, asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL, state TEXT NOT NULL, decided_at INTEGER, until INTEGER, granted TEXT, note TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS received (
    commitment TEXT PRIMARY KEY, request_id TEXT NOT NULL REFERENCES request (id), patient_id TEXT NOT NULL,
    title TEXT NOT NULL, category TEXT NOT NULL, period_end TEXT NOT NULL, author TEXT NOT NULL, practitioner TEXT NOT NULL,
    content BLOB NOT NULL, transport TEXT NOT NULL, anchored_at INTEGER NOT NULL, received_at INTEGER NOT NULL
  ) STRICT;
`

export const openLindqvist = async (folder: string): Promise<DatabaseSync> => {
  const database = openDatabase(folder, 'lindqvist.sqlite', tables)
  await loadPatients(database, (index) => `${9_120_004 + index * 77}`)
  return database
}

const requestSchema = z.object({
  id: z.string(),
  patientId: z.string(),
  /** Asked with the patient there, or from the doctor's desk. */
  wish: z.enum(['check-in', 'imaging']),
  label: z.string(),
  askedBy: z.string(),
  askedAt: z.number(),
  state: z.enum(['waiting', 'approved', 'narrowed', 'declined', 'expired', 'cancelled', 'failed']),
  decidedAt: z.number().nullable(),
  /** When the permission ends, Unix seconds. */
  until: z.number().nullable(),
  granted: z.string().nullable(),
  /** What the clinic's people should know, in plain words. */
  note: z.string(),
})
export type ClinicRequest = z.output<typeof requestSchema>

const requestColumns = `id, patient_id AS patientId, wish, label, asked_by AS askedBy, asked_at AS askedAt, state,
  decided_at AS decidedAt, until, granted, note`

export const listRequests = (database: DatabaseSync, patient: string): ClinicRequest[] =>
  rows(
    database,
    requestSchema,
    `SELECT ${requestColumns} FROM request WHERE patient_id = ? ORDER BY asked_at DESC, rowid DESC`,
    patient,
  )

export function requestOf(database: DatabaseSync, id: string): ClinicRequest {
  const [request] = rows(database, requestSchema, `SELECT ${requestColumns} FROM request WHERE id = ?`, id)
  if (!request) throw new Refused(404, 'We asked no such thing.')
  return request
}

export function saveRequest(database: DatabaseSync, request: ClinicRequest): void {
  database
    .prepare(
      `INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       state = excluded.state, decided_at = excluded.decided_at, until = excluded.until, granted = excluded.granted,
       note = excluded.note`,
    )
    .run(
      request.id,
      request.patientId,
      request.wish,
      request.label,
      request.askedBy,
      request.askedAt,
      request.state,
      request.decidedAt,
      request.until,
      request.granted,
      request.note,
    )
}

const receivedSchema = z.object({
  commitment: z.string(),
  requestId: z.string(),
  title: z.string(),
  category: z.string(),
  date: z.string(),
  author: z.string(),
  practitioner: z.string(),
  content: z.instanceof(Uint8Array),
  transport: z.enum(['webrtc', 'gateway']),
  anchoredAt: z.number(),
  receivedAt: z.number(),
})
export type Received = z.output<typeof receivedSchema>

export const listReceived = (database: DatabaseSync, patient: string): Received[] =>
  rows(
    database,
    receivedSchema,
    `SELECT commitment, request_id AS requestId, title, category, period_end AS date, author, practitioner, content,
     transport, anchored_at AS anchoredAt, received_at AS receivedAt
     FROM received WHERE patient_id = ? ORDER BY period_end DESC, title`,
    patient,
  )

/** Keeps what was opened and verified, all of it or nothing. */
export function saveReceived(database: DatabaseSync, request: ClinicRequest, opened: OpenedGrant): void {
  const insert = database.prepare(
    'INSERT OR REPLACE INTO received VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const now = Math.floor(Date.now() / 1_000)
  database.exec('BEGIN')
  for (const { statement, content, commitment, transport, verified } of opened.records) {
    const { title, category, period, practitioner = '' } = statement
    const { author, anchor } = verified
    insert.run(
      commitment,
      request.id,
      request.patientId,
      title,
      category,
      period.end,
      author.name,
      practitioner,
      content,
      transport,
      anchor.timestamp,
      now,
    )
  }
  database.exec('COMMIT')
}
