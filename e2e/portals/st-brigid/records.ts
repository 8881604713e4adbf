import type { DatabaseSync } from 'node:sqlite'
import type { DepositStore, KeptDeposit } from 'carekey/portal/server'
import { z } from 'zod'
import { rows } from '../kit/database.ts'

/** What was sent waits in the first table; the second is the hospital's main one, for what is confirmed. */
export const recordTables = `
  CREATE TABLE IF NOT EXISTS pending_record (
    commitment TEXT PRIMARY KEY, pseudonym TEXT NOT NULL, statement TEXT NOT NULL, content BLOB NOT NULL, review TEXT NOT NULL,
    offered_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS health_record (
    commitment TEXT PRIMARY KEY, pseudonym TEXT NOT NULL, statement TEXT NOT NULL, content BLOB NOT NULL, review TEXT NOT NULL,
    offered_at INTEGER NOT NULL, confirmed_at INTEGER NOT NULL
  ) STRICT;
`

const fromJson = <T>(text: string): T => JSON.parse(text)

const keptSchema = z.object({
  commitment: z.string().transform((text) => text as KeptDeposit['commitment']),
  patient: z.string().transform((text) => text as KeptDeposit['patient']),
  statement: z.string().transform((text) => fromJson<KeptDeposit['statement']>(text)),
  content: z.instanceof(Uint8Array),
  review: z.string().transform((text) => fromJson<KeptDeposit['review']>(text)),
  offeredAt: z.number(),
})

const columns = 'commitment, pseudonym AS patient, statement, content, review, offered_at AS offeredAt'
const both = `SELECT ${columns} FROM pending_record UNION ALL SELECT ${columns} FROM health_record`

/** The portal's own memory of what it offered, in these two tables. */
export function recordStore(database: DatabaseSync): DepositStore {
  return {
    put({ commitment, patient, statement, content, review, offeredAt }) {
      database
        .prepare('INSERT OR REPLACE INTO pending_record VALUES (?, ?, ?, ?, ?, ?)')
        .run(commitment, patient, JSON.stringify(statement), content, JSON.stringify(review), offeredAt)
    },
    get: (commitment) =>
      rows(database, keptSchema, `SELECT * FROM (${both}) WHERE commitment = ?`, commitment)[0],
    list: (patient) =>
      patient === undefined
        ? rows(database, keptSchema, `${both} ORDER BY offeredAt`)
        : rows(database, keptSchema, `SELECT * FROM (${both}) WHERE patient = ? ORDER BY offeredAt`, patient),
  }
}

const referenceSchema = z.object({ commitment: z.string(), pseudonym: z.string() })

export const listPending = (database: DatabaseSync) =>
  rows(database, referenceSchema, 'SELECT commitment, pseudonym FROM pending_record ORDER BY offered_at')

/** Moves a confirmed record into the main table. */
export function moveToMain(database: DatabaseSync, commitment: string): void {
  const confirmedAt = Math.floor(Date.now() / 1_000)
  database.exec('BEGIN')
  database
    .prepare('INSERT INTO health_record SELECT *, ? FROM pending_record WHERE commitment = ?')
    .run(confirmedAt, commitment)
  database.prepare('DELETE FROM pending_record WHERE commitment = ?').run(commitment)
  database.exec('COMMIT')
}

/** What the patient declined, or was offered anew, leaves nothing behind. */
export function forgetPending(database: DatabaseSync, commitment: string): void {
  database.prepare('DELETE FROM pending_record WHERE commitment = ?').run(commitment)
}
