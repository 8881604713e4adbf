import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'

const TIME_BYTES = 6
const RANDOM_BYTES = 10

/**
 * Nonces for signing in. A nonce carries its own time and seal, so that handing them out costs no memory; only used ones are remembered, until
 * they would have run out. The key lives as long as the process: a restart spoils what was not used yet.
 */
export class Nonces {
  readonly #key = randomBytes(32)
  readonly #used = new Map<string, number>()
  readonly #clock: Clock
  #latestMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  issue(): `0x${string}` {
    const head = Buffer.alloc(TIME_BYTES + RANDOM_BYTES)
    head.writeUIntBE(this.#now(), 0, TIME_BYTES)
    randomBytes(RANDOM_BYTES).copy(head, TIME_BYTES)
    return `0x${Buffer.concat([head, this.#seal(head)]).toString('hex')}`
  }

  /** Uses it up; false when it is not ours, too old, or was used before. */
  use(nonce: `0x${string}`): boolean {
    const bytes = Buffer.from(nonce.slice(2), 'hex')
    const head = bytes.subarray(0, TIME_BYTES + RANDOM_BYTES)
    const seal = this.#seal(head)
    if (bytes.length !== head.length + seal.length || !timingSafeEqual(bytes.subarray(head.length), seal))
      return false
    const nowMs = this.#now()
    const expiresMs = head.readUIntBE(0, TIME_BYTES) + relayLimits.nonceTtlMs
    this.#forget(nowMs)
    if (expiresMs <= nowMs || this.#used.has(nonce)) return false
    this.#used.set(nonce, expiresMs)
    return true
  }

  /** Never backwards: a clock that is set back would make used nonces good again. */
  #now(): number {
    this.#latestMs = Math.max(this.#latestMs, this.#clock())
    return this.#latestMs
  }

  #seal(head: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(head).digest().subarray(0, 16)
  }

  /** Used ones come nearly in the order in which they run out. */
  #forget(nowMs: number): void {
    for (const [nonce, expiresMs] of this.#used) {
      if (expiresMs > nowMs) return
      this.#used.delete(nonce)
    }
  }
}
