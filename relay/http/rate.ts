import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'

export type RateName = keyof typeof relayLimits.rates

interface Bucket {
  tokens: number
  filledAtMs: number
}

/** Token buckets by name and key, in a bounded map: the key longest unseen is forgotten first. */
export class Rates {
  readonly #buckets = new Map<string, Bucket>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Takes one, or as many as are said. @throws CarekeyError `rate-limited` */
  take(name: RateName, key: string, amount = 1): void {
    const { perSecond, burst } = relayLimits.rates[name]
    const id = `${name} ${key}`
    const nowMs = this.#clock()
    const before = this.#buckets.get(id) ?? { tokens: burst, filledAtMs: nowMs }
    const gained = (Math.max(0, nowMs - before.filledAtMs) / 1_000) * perSecond
    const tokens = Math.min(burst, before.tokens + gained)
    this.#buckets.delete(id)
    this.#buckets.set(id, { tokens: Math.max(0, tokens - amount), filledAtMs: nowMs })
    this.#forget()
    if (tokens < amount)
      throw new CarekeyError('rate-limited', 'Too many requests. Wait a few seconds and try again.')
  }

  get size(): number {
    return this.#buckets.size
  }

  #forget(): void {
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= relayLimits.ratesRemembered) return
      this.#buckets.delete(key)
    }
  }
}
