import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

const TIME_BYTES = 6
const RANDOM_BYTES = 10

/**
 * Nonces for signing in. A nonce carries its own time and seal, so that handing them out costs no memory; only used ones are remembered, until
 * they would have run out. Whoever shares database and key takes one another's.
 */
export class Nonces {
  readonly #db: Database
  readonly #clock: Clock
  readonly #key: Uint8Array
  #latestMs = 0

  constructor(db: Database, clock: Clock, key: Uint8Array) {
    this.#db = db
    this.#clock = clock
    this.#key = key
  }

  issue(): `0x${string}` {
    const head = Buffer.alloc(TIME_BYTES + RANDOM_BYTES)
    head.writeUIntBE(this.#now(), 0, TIME_BYTES)
    randomBytes(RANDOM_BYTES).copy(head, TIME_BYTES)
    return `0x${Buffer.concat([head, this.#seal(head)]).toString('hex')}`
  }

  /** Uses it up; false when it is not ours, too old, or was used before. */
  async use(nonce: `0x${string}`): Promise<boolean> {
    const bytes = Buffer.from(nonce.slice(2), 'hex')
    const head = bytes.subarray(0, TIME_BYTES + RANDOM_BYTES)
    const seal = this.#seal(head)
    if (bytes.length !== head.length + seal.length || !timingSafeEqual(bytes.subarray(head.length), seal))
      return false
    const expiresMs = head.readUIntBE(0, TIME_BYTES) + relayLimits.nonceTtlMs
    if (expiresMs <= this.#now()) return false
    const used = await this.#db.run(
      'INSERT INTO used_nonces VALUES (?, ?) ON CONFLICT DO NOTHING',
      nonce,
      expiresMs,
    )
    return used > 0
  }

  async sweep(): Promise<void> {
    await this.#db.run('DELETE FROM used_nonces WHERE expires_ms <= ?', this.#now())
  }

  /** Never backwards: a clock that is set back would make used nonces good again. */
  #now(): number {
    this.#latestMs = Math.max(this.#latestMs, this.#clock())
    return this.#latestMs
  }

  #seal(head: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(head).digest().subarray(0, 16)
  }
}
