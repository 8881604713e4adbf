import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { CachedLedger } from './ledger.ts'

/** The ledger's newest block, for who asks whether it is there: asked for once a second at most, and not waited for long. */
export class Head {
  readonly #ledger: Pick<CachedLedger, 'height'>
  readonly #clock: Clock
  #askedAtMs = Number.NEGATIVE_INFINITY
  #answer: Promise<number | null> = Promise.resolve(null)

  constructor(ledger: Pick<CachedLedger, 'height'>, clock: Clock) {
    this.#ledger = ledger
    this.#clock = clock
  }

  /** `null`: it does not answer, or is another chain. */
  read(): Promise<number | null> {
    const nowMs = this.#clock()
    if (Math.abs(nowMs - this.#askedAtMs) >= relayLimits.readyKeptMs) {
      this.#askedAtMs = nowMs
      this.#answer = this.#inTime()
    }
    return this.#answer
  }

  #inTime(): Promise<number | null> {
    const tooLate = new Promise<null>((resolve) => {
      setTimeout(() => resolve(null), relayLimits.readyTimeoutMs).unref()
    })
    return Promise.race([this.#ledger.height().catch(() => null), tooLate])
  }
}
