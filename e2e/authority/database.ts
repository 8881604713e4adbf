import type { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '../portals/kit/database.ts'

const tables = `
  CREATE TABLE IF NOT EXISTS finding (
    subject TEXT PRIMARY KEY, text TEXT NOT NULL, salt TEXT NOT NULL, officer TEXT NOT NULL, at INTEGER NOT NULL
  ) STRICT;
`

/** The authority's own files: who is signed in, and what reviews have found. */
export const openAuthority = (folder: string): DatabaseSync => openDatabase(folder, 'authority.db', tables)

export function saveFinding(
  database: DatabaseSync,
  finding: { subject: string; text: string; salt: string },
  officer: string,
): void {
  database
    .prepare('INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?, ?)')
    .run(finding.subject, finding.text, finding.salt, officer, Math.floor(Date.now() / 1_000))
}
