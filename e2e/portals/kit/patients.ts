import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { loadPatient, type PatientBundle, patients } from '../../data/patients.ts'
import { rows } from './database.ts'
import { Refused } from './web.ts'

/** The tables that any hospital has: its patients, and how each of them is reached by Carekey. */
export const patientTables = `
  CREATE TABLE IF NOT EXISTS patient (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, birth_date TEXT NOT NULL, number TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS connection (
    patient_id TEXT PRIMARY KEY REFERENCES patient (id), pseudonym TEXT NOT NULL, recipient TEXT NOT NULL,
    connected_at INTEGER NOT NULL
  ) STRICT;
`

const patientSchema = z.object({
  id: z.string(),
  name: z.string(),
  birthDate: z.string(),
  number: z.string(),
})
export type Patient = z.output<typeof patientSchema>
const columns = 'id, name, birth_date AS birthDate, number'

const connectionSchema = z.object({ patient: z.string(), recipient: z.string() })

/** Loads the demonstration's patients into an empty database, with `each` adding what this hospital knows of one. */
export async function loadPatients(
  database: DatabaseSync,
  numberOf: (index: number) => string,
  each: (bundle: PatientBundle) => void = () => undefined,
): Promise<void> {
  if (listPatients(database).length > 0) return
  const bundles = await Promise.all(patients.map((key) => loadPatient(key)))
  database.exec('BEGIN')
  for (const [index, bundle] of bundles.entries()) {
    database
      .prepare('INSERT INTO patient VALUES (?, ?, ?, ?)')
      .run(bundle.key, plainName(bundle.name), bundle.birthDate, numberOf(index))
    each(bundle)
  }
  database.exec('COMMIT')
}

/** Synthea numbers its people's names: "Elvina2 Lemke654". */
const plainName = (name: string) => name.replaceAll(/\d+/g, '')

export const listPatients = (database: DatabaseSync): Patient[] =>
  rows(database, patientSchema, `SELECT ${columns} FROM patient ORDER BY rowid`)

export function patientOf(database: DatabaseSync, id: string): Patient {
  const [patient] = rows(database, patientSchema, `SELECT ${columns} FROM patient WHERE id = ?`, id)
  if (!patient) throw new Refused(404, 'We know no such patient.')
  return patient
}

export const connectionOf = (database: DatabaseSync, id: string) =>
  rows(
    database,
    connectionSchema,
    'SELECT pseudonym AS patient, recipient FROM connection WHERE patient_id = ?',
    id,
  )[0]

export function requireConnection(database: DatabaseSync, id: string) {
  const connection = connectionOf(database, id)
  if (!connection) throw new Refused(409, 'This patient has not connected Carekey with us yet.')
  return connection
}

export function saveConnection(
  database: DatabaseSync,
  id: string,
  to: { patient: string; recipient: string },
): void {
  database
    .prepare('INSERT OR REPLACE INTO connection VALUES (?, ?, ?, ?)')
    .run(id, to.patient, to.recipient, Math.floor(Date.now() / 1_000))
}
