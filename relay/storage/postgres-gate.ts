import type pg from 'pg'
import { Gate } from './gate.ts'
import { advisoryLocks, type PostgresDatabase } from './postgres.ts'

/** After this, newcomers ask anew, behind a collector of another relay that waits. */
const holdMaxMs = 5_000

/** One connection that holds the lock shared, for all of this relay's writers that came while it did. */
interface Hold {
  since: number
  writers: number
  lock: Promise<Lock>
}

class Lock {
  readonly #client: pg.PoolClient
  #lost = false

  constructor(client: pg.PoolClient) {
    this.#client = client
    client.on('error', this.#lose)
  }

  readonly #lose = (): void => {
    this.#lost = true
  }

  /** A lock goes with its connection: what was done without it must not be acknowledged. */
  assertHeld(): void {
    if (this.#lost) throw new Error('The connection that held the lock on the blocks was lost.')
  }

  async release(kind: '' | '_shared'): Promise<void> {
    const broken = await this.#client
      .query(`SELECT pg_advisory_unlock${kind}($1)`, [advisoryLocks.blocks])
      .then(
        () => undefined,
        (error: Error) => error,
      )
    this.#client.off('error', this.#lose)
    this.#client.release(broken)
  }
}

/** The gate of several relays that share blocks: one lock in their database, held by writers together or by one collector alone. */
export class PostgresGate {
  readonly #db: PostgresDatabase
  readonly #here = new Gate()
  #hold: Hold | null = null

  constructor(db: PostgresDatabase) {
    this.#db = db
  }

  shared<T>(work: () => Promise<T>): Promise<T> {
    return this.#here.shared(async () => {
      const hold = this.#enter()
      try {
        const lock = await hold.lock
        const result = await work()
        lock.assertHeld()
        return result
      } finally {
        this.#leave(hold)
      }
    })
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#here.exclusive(async () => {
      const lock = await this.#take('')
      try {
        const result = await work()
        lock.assertHeld()
        return result
      } finally {
        await lock.release('')
      }
    })
  }

  #enter(): Hold {
    const nowMs = performance.now()
    if (!this.#hold || nowMs - this.#hold.since > holdMaxMs) {
      this.#hold = { since: nowMs, writers: 0, lock: this.#take('_shared') }
    }
    this.#hold.writers += 1
    return this.#hold
  }

  #leave(hold: Hold): void {
    hold.writers -= 1
    if (hold.writers > 0) return
    if (this.#hold === hold) this.#hold = null
    hold.lock.then((lock) => lock.release('_shared')).catch(() => undefined)
  }

  async #take(kind: '' | '_shared'): Promise<Lock> {
    const client = await this.#db.connect()
    try {
      await client.query(`SELECT pg_advisory_lock${kind}($1)`, [advisoryLocks.blocks])
      return new Lock(client)
    } catch (error) {
      client.release(error instanceof Error ? error : true)
      throw error
    }
  }
}
