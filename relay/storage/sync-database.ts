import { chmodSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { migrations } from './schema.ts'

/** Functions that PostgreSQL has and SQLite lacks, so that statements need be written only once. */
const functions = {
  strpos: (text: string | null, sought: string) => (text === null ? null : text.indexOf(sought) + 1),
  json_has: (json: string, key: string, value: string) =>
    (JSON.parse(json) as Record<string, unknown>)[key] === value ? 1 : 0,
} as const

/**
 * The relay's ledger of who keeps what. Calls are synchronous, so nothing can come between the statements of a transaction; a
 * transaction that returned is on the disk (`synchronous=FULL`).
 */
export class SyncDatabase {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #inTransaction = false

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Opens or creates, and brings the tables up to date. Throws when the file was written by a newer version. */
  static open(path: string): SyncDatabase {
    const db = new DatabaseSync(path)
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;',
    )
    for (const [name, act] of Object.entries(functions)) {
      db.function(name, { deterministic: true }, act as (...values: unknown[]) => number | null)
    }
    if (path !== ':memory:') chmodSync(path, 0o600)
    const database = new SyncDatabase(db)
    database.#migrate()
    return database
  }

  one<T>(sql: string, ...values: SQLInputValue[]): T | null {
    // The caller names the columns in the statement beside it; node:sqlite has no types of its own.
    return (this.#prepare(sql).get(...values) as T | undefined) ?? null
  }

  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#prepare(sql).all(...values) as T[]
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  /** All of it or nothing. The function must not await. Inside another transaction it simply belongs to that one. */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work()
    this.#db.exec('BEGIN IMMEDIATE')
    this.#inTransaction = true
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.rollBack()
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  /** A full disk may have rolled back already. */
  rollBack(): void {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #migrate(): void {
    const row = this.one<{ user_version: number }>('PRAGMA user_version')
    const version = row?.user_version ?? 0
    if (version > migrations.length) {
      throw new Error(
        `The relay's data was written by a newer version (${version} > ${migrations.length}). Update the relay.`,
      )
    }
    for (const [index, sql] of migrations.entries()) {
      if (index < version) continue
      this.transaction(() => {
        this.#db.exec(sql)
        this.#db.exec(`PRAGMA user_version = ${index + 1}`)
      })
    }
  }
}
