import type { DatabaseSync } from 'node:sqlite'
import type { OpenedGrant } from 'carekey/portal/server'
import { z } from 'zod'
import { openDatabase, rows } from '../kit/database.ts'
import { loadPatients, patientTables } from '../kit/patients.ts'
import { Refused } from '../kit/web.ts'

const tables = `
  ${patientTables}
  CREATE TABLE IF NOT EXISTS request (
    id TEXT PRIMARY KEY, patient_id TEXT NOT NULL REFERENCES patient (id), asked_at INTEGER NOT NULL, state TEXT NOT NULL,
    until INTEGER, granted TEXT, note TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS received (
    commitment TEXT PRIMARY KEY, patient_id TEXT NOT NULL, category TEXT NOT NULL, title TEXT NOT NULL,
    period_end TEXT NOT NULL, media_type TEXT NOT NULL, content BLOB NOT NULL, hospital TEXT NOT NULL,
    author TEXT NOT NULL, subject TEXT NOT NULL, anchored_at INTEGER NOT NULL
  ) STRICT;
`

export const openHarbourMutual = async (folder: string): Promise<DatabaseSync> => {
  const database = openDatabase(folder, 'harbour-mutual.sqlite', tables)
  await loadPatients(database, (index) => `HM ${30_417 + index * 1_209}`)
  return database
}

const requestSchema = z.object({
  id: z.string(),
  patientId: z.string(),
  askedAt: z.number(),
  state: z.enum(['waiting', 'approved', 'narrowed', 'declined', 'expired', 'cancelled', 'failed']),
  /** When the permission ends, Unix seconds. */
  until: z.number().nullable(),
  granted: z.string().nullable(),
  note: z.string(),
})
export type BillRequest = z.output<typeof requestSchema>

const requestColumns = 'id, patient_id AS patientId, asked_at AS askedAt, state, until, granted, note'

export const listRequests = (database: DatabaseSync, member: string): BillRequest[] =>
  rows(
    database,
    requestSchema,
    `SELECT ${requestColumns} FROM request WHERE patient_id = ? ORDER BY asked_at DESC, rowid DESC`,
    member,
  )

export function requestOf(database: DatabaseSync, id: string): BillRequest {
  const [request] = rows(database, requestSchema, `SELECT ${requestColumns} FROM request WHERE id = ?`, id)
  if (!request) throw new Refused(404, 'We asked no such thing.')
  return request
}

export function saveRequest(database: DatabaseSync, request: BillRequest): void {
  const { id, patientId, askedAt, state, until, granted, note } = request
  database
    .prepare(
      `INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       state = excluded.state, until = excluded.until, granted = excluded.granted, note = excluded.note`,
    )
    .run(id, patientId, askedAt, state, until, granted, note)
}

const receivedSchema = z.object({
  commitment: z.string(),
  category: z.string(),
  title: z.string(),
  date: z.string(),
  mediaType: z.string(),
  content: z.instanceof(Uint8Array),
  hospital: z.string(),
  author: z.string(),
  subject: z.string(),
  anchoredAt: z.number(),
})
export type Received = z.output<typeof receivedSchema>

export const listReceived = (database: DatabaseSync, member: string): Received[] =>
  rows(
    database,
    receivedSchema,
    `SELECT commitment, category, title, period_end AS date, media_type AS mediaType, content, hospital, author, subject,
     anchored_at AS anchoredAt FROM received WHERE patient_id = ? ORDER BY period_end DESC, title`,
    member,
  )

/** Keeps what was opened and verified, all of it or nothing. */
export function saveReceived(database: DatabaseSync, member: string, opened: OpenedGrant): void {
  const insert = database.prepare('INSERT OR REPLACE INTO received VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  database.exec('BEGIN')
  for (const { statement, content, commitment, verified } of opened.records) {
    const { category, title, period, mediaType, author, subject } = statement
    const { name } = verified.author
    const { timestamp } = verified.anchor
    insert.run(
      commitment,
      member,
      category,
      title,
      period.end,
      mediaType,
      content,
      name,
      author,
      subject,
      timestamp,
    )
  }
  database.exec('COMMIT')
}
