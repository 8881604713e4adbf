import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { PortalStore } from 'carekey/portal/server'
import { z } from 'zod'

const sharedTables = `
  CREATE TABLE IF NOT EXISTS carekey (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, who TEXT NOT NULL) STRICT;
`

/** The hospital's own database; `tables` is its schema, written so that it may be run again. */
export function openDatabase(folder: string, name: string, tables: string): DatabaseSync {
  mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(join(folder, name))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;')
  database.exec(sharedTables)
  database.exec(tables)
  return database
}

/** Rows in the form that the caller states; a row of another form is a bug and throws. */
export const rows = <S extends z.ZodType>(
  database: DatabaseSync,
  schema: S,
  sql: string,
  ...values: SQLInputValue[]
): z.output<S>[] => z.array(schema).parse(database.prepare(sql).all(...values))

/** Carekey's own memory of open challenges and requests, kept beside the hospital's data. */
export function sqliteStore(database: DatabaseSync): PortalStore {
  const valueSchema = z.object({ value: z.string() }).optional()
  return {
    set(key, value, expiresAt) {
      database.prepare('DELETE FROM carekey WHERE expires_at < ?').run(Math.floor(Date.now() / 1_000))
      database.prepare('INSERT OR REPLACE INTO carekey VALUES (?, ?, ?)').run(key, value, expiresAt)
    },
    get: (key) =>
      valueSchema.parse(database.prepare('SELECT value FROM carekey WHERE key = ?').get(key))?.value,
    take: (key) =>
      valueSchema.parse(database.prepare('DELETE FROM carekey WHERE key = ? RETURNING value').get(key))
        ?.value,
  }
}
