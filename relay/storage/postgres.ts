import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Log } from '../log.ts'
import type { Database, Value } from './database.ts'
import { postgresMigrations } from './postgres-schema.ts'

/** Keys of PostgreSQL's advisory locks (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS): ours among others'. */
export const advisoryLocks = {
  writer: 0x636b_0001,
  blocks: 0x636b_0002,
  sponsor: 0x636b_0003,
  replicas: 0x636b_0004,
} as const

const clientsMax = 16
const connectTimeoutMs = 5_000
const idleTimeoutMs = 30_000

/** Whole numbers, which fit: the largest are milliseconds and bytes. `sum` of a bigint is a numeric. */
const numeric: ReadonlySet<number> = new Set([pg.types.builtins.INT8, pg.types.builtins.NUMERIC])
const getTypeParser: typeof pg.types.getTypeParser = (id: number, format?: 'text' | 'binary') =>
  numeric.has(id) && format !== 'binary' ? Number : pg.types.getTypeParser(id, format as 'text')

/**
 * The engine of more than one machine. Transactions hold one advisory lock, so that they run one after the other as they do in SQLite,
 * whichever relay they come from: what counts and then writes needs no other care.
 */
export class PostgresDatabase implements Database {
  readonly #pool: pg.Pool
  readonly #current = new AsyncLocalStorage<{ client: pg.PoolClient; isOpen: boolean }>()
  readonly #numbered = new Map<string, string>()

  private constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Connects and brings the tables up to date. Throws when they were written by a newer version. */
  static async open(url: string, log: Log): Promise<PostgresDatabase> {
    const pool = new pg.Pool({
      connectionString: url,
      max: clientsMax,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      // What was acknowledged survives a loss of power, whatever the server's default is.
      options: '-c synchronous_commit=on',
      types: { getTypeParser },
    })
    // A connection that breaks while it is idle is replaced; the next statement says if none can be had.
    pool.on('error', () => log.warn('a connection to the database was lost'))
    const database = new PostgresDatabase(pool)
    try {
      await database.transaction(() => database.#migrate())
    } catch (error) {
      await pool.end()
      throw error
    }
    return database
  }

  async one<T>(sql: string, ...values: Value[]): Promise<T | null> {
    return (await this.all<T>(sql, ...values))[0] ?? null
  }

  async all<T>(sql: string, ...values: Value[]): Promise<T[]> {
    return (await this.#query(sql, values)).rows as T[]
  }

  async run(sql: string, ...values: Value[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#current.getStore()?.isOpen) return work()
    const client = await this.#pool.connect()
    const own = { client, isOpen: true }
    let broken: Error | undefined
    try {
      await client.query('BEGIN')
      await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.writer])
      const result = await this.#current.run(own, work)
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch((cause: Error) => {
        broken = cause
      })
      throw error
    } finally {
      own.isOpen = false
      client.release(broken)
    }
  }

  async alone(name: 'sponsor' | 'replicas', work: () => Promise<void>): Promise<boolean> {
    const client = await this.#pool.connect()
    let broken: Error | undefined
    const lose = (error: Error): void => {
      broken = error
    }
    client.on('error', lose)
    try {
      const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS mine', [advisoryLocks[name]])
      if (rows[0]?.mine !== true) return false
      await work()
      await client.query('SELECT pg_advisory_unlock($1)', [advisoryLocks[name]])
      return true
    } catch (error) {
      // The lock goes with the connection, whatever state the work left it in.
      broken ??= error instanceof Error ? error : new Error('The work failed.')
      throw error
    } finally {
      client.off('error', lose)
      client.release(broken)
    }
  }

  /** A connection of its own, for a lock that outlives a transaction. */
  connect(): Promise<pg.PoolClient> {
    return this.#pool.connect()
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  #query(sql: string, values: Value[]): Promise<pg.QueryResult> {
    // The one character that PostgreSQL keeps in no text.
    if (values.some((value) => typeof value === 'string' && value.includes('\0'))) {
      throw new CarekeyError('params-invalid', 'A text holds a zero character.')
    }
    const current = this.#current.getStore()
    const on = current?.isOpen ? current.client : this.#pool
    return on.query(this.#number(sql), values)
  }

  /** `?` as PostgreSQL writes it. No statement of ours has one in a text. */
  #number(sql: string): string {
    const known = this.#numbered.get(sql)
    if (known !== undefined) return known
    let place = 0
    const numbered = sql.replaceAll('?', () => {
      place += 1
      return `$${place}`
    })
    this.#numbered.set(sql, numbered)
    return numbered
  }

  async #migrate(): Promise<void> {
    await this.run('CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)')
    const row = await this.one<{ version: number }>('SELECT version FROM schema_version')
    if (!row) await this.run('INSERT INTO schema_version VALUES (0)')
    const version = row?.version ?? 0
    if (version > postgresMigrations.length) {
      throw new Error(
        `The relay's data was written by a newer version (${version} > ${postgresMigrations.length}). Update the relay.`,
      )
    }
    for (const sql of postgresMigrations.slice(version)) await this.run(sql)
    await this.run('UPDATE schema_version SET version = ?', postgresMigrations.length)
  }
}
