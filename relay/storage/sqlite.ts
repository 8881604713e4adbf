import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database, Value } from './database.ts'
import { SyncDatabase } from './sync-database.ts'

/** The embedded engine: one file, one connection. Statements outside a transaction wait until it is over. */
export class SqliteDatabase implements Database {
  readonly #sync: SyncDatabase
  readonly #current = new AsyncLocalStorage<{ isOpen: boolean }>()
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(sync: SyncDatabase) {
    this.#sync = sync
  }

  /** Opens or creates, and brings the tables up to date. Throws when the file was written by a newer version. */
  static open(path: string): SqliteDatabase {
    return new SqliteDatabase(SyncDatabase.open(path))
  }

  one<T>(sql: string, ...values: Value[]): Promise<T | null> {
    return this.#inTurn(() => this.#sync.one<T>(sql, ...values))
  }

  all<T>(sql: string, ...values: Value[]): Promise<T[]> {
    return this.#inTurn(() => this.#sync.all<T>(sql, ...values))
  }

  run(sql: string, ...values: Value[]): Promise<number> {
    return this.#inTurn(() => this.#sync.run(sql, ...values))
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#current.getStore()?.isOpen) return work()
    return this.#afterOthers(() => {
      const own = { isOpen: true }
      return this.#current.run(own, async () => {
        this.#sync.exec('BEGIN IMMEDIATE')
        try {
          const result = await work()
          this.#sync.exec('COMMIT')
          return result
        } catch (error) {
          this.#sync.rollBack()
          throw error
        } finally {
          own.isOpen = false
        }
      })
    })
  }

  /** One process has the file. */
  async alone(_name: 'sponsor' | 'replicas', work: () => Promise<void>): Promise<boolean> {
    await work()
    return true
  }

  async close(): Promise<void> {
    await this.#turn
    this.#sync.close()
  }

  async #inTurn<T>(statement: () => T): Promise<T> {
    if (this.#current.getStore()?.isOpen) return statement()
    return this.#afterOthers(async () => statement())
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}
