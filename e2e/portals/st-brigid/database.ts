import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { laboratoryReport, medicationList, type PreparedRecord, wholeHistory } from '../../data/patients.ts'
import { openDatabase, rows } from '../kit/database.ts'
import { loadPatients, patientTables } from '../kit/patients.ts'
import { Refused } from '../kit/web.ts'
import { billArchive } from './bills.ts'
import { recordTables } from './records.ts'

const tables = `
  ${patientTables}
  ${recordTables}
  CREATE TABLE IF NOT EXISTS document (
    id TEXT PRIMARY KEY, patient_id TEXT NOT NULL REFERENCES patient (id), title TEXT NOT NULL, category TEXT NOT NULL,
    media_type TEXT NOT NULL, period_start TEXT NOT NULL, period_end TEXT NOT NULL, practitioner TEXT NOT NULL,
    content BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS delivery (
    document_id TEXT PRIMARY KEY REFERENCES document (id), commitment TEXT NOT NULL, state TEXT NOT NULL,
    note TEXT NOT NULL, changed_at INTEGER NOT NULL
  ) STRICT;
`

export const states = ['offered', 'saving', 'saved', 'declined', 'failed'] as const
export type DeliveryState = (typeof states)[number]

const documentSchema = z.object({
  id: z.string(),
  patientId: z.string(),
  title: z.string(),
  category: z.enum(['laboratory', 'medications', 'documents', 'billing']),
  mediaType: z.string(),
  start: z.string(),
  end: z.string(),
  practitioner: z.string(),
  bytes: z.number(),
})
export type StoredDocument = z.output<typeof documentSchema>

const deliverySchema = z.object({
  documentId: z.string(),
  commitment: z.string(),
  state: z.enum(states),
  note: z.string(),
  changedAt: z.number(),
})
export type Delivery = z.output<typeof deliverySchema>

const documentColumns = `id, patient_id AS patientId, title, category, media_type AS mediaType, period_start AS start,
  period_end AS end, practitioner, length(content) AS bytes`

export async function openStBrigid(folder: string): Promise<DatabaseSync> {
  const database = openDatabase(folder, 'st-brigid.sqlite', tables)
  await loadPatients(
    database,
    (index) => `SB-${4_071 + index * 318}`,
    (bundle) => {
      for (const [kind, { write, by }] of Object.entries(archive)) {
        const record = recordOf(() => write(bundle))
        if (record) addDocument(database, bundle.key, kind, record, by)
      }
    },
  )
  return database
}

const archive = {
  laboratory: { write: laboratoryReport, by: 'Dr. Aoife Byrne, Laboratory Medicine' },
  medications: { write: medicationList, by: 'Dr. Conor Walsh, General Medicine' },
  history: { write: wholeHistory, by: 'Medical Records Office' },
  ...billArchive,
}

/** Not every patient takes a medicine or has given blood; then there is no such document. */
function recordOf(write: () => PreparedRecord): PreparedRecord | undefined {
  try {
    return write()
  } catch {
    return undefined
  }
}

function addDocument(
  database: DatabaseSync,
  patient: string,
  kind: string,
  record: PreparedRecord,
  by: string,
): void {
  const { title, category, mediaType, period, content } = record
  database
    .prepare('INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(`${patient}.${kind}`, patient, title, category, mediaType, period.start, period.end, by, content)
}

export const listDocuments = (database: DatabaseSync, patient: string): StoredDocument[] =>
  rows(
    database,
    documentSchema,
    `SELECT ${documentColumns} FROM document WHERE patient_id = ? ORDER BY rowid`,
    patient,
  )

export function documentOf(
  database: DatabaseSync,
  patient: string,
  id: string,
): StoredDocument & { content: Uint8Array } {
  const withContent = documentSchema.extend({ content: z.instanceof(Uint8Array) })
  const sql = `SELECT ${documentColumns}, content FROM document WHERE id = ? AND patient_id = ?`
  const [found] = rows(database, withContent, sql, id, patient)
  if (!found) throw new Refused(404, 'We hold no such document for you.')
  return found
}

const deliveryColumns = 'document_id AS documentId, commitment, state, note, changed_at AS changedAt'

export const listDeliveries = (database: DatabaseSync, patient: string): Delivery[] =>
  rows(
    database,
    deliverySchema,
    `SELECT ${deliveryColumns} FROM delivery WHERE document_id IN (SELECT id FROM document WHERE patient_id = ?)`,
    patient,
  )

export function saveDelivery(database: DatabaseSync, delivery: Omit<Delivery, 'changedAt'>): void {
  database
    .prepare('INSERT OR REPLACE INTO delivery VALUES (?, ?, ?, ?, ?)')
    .run(
      delivery.documentId,
      delivery.commitment,
      delivery.state,
      delivery.note,
      Math.floor(Date.now() / 1_000),
    )
}
