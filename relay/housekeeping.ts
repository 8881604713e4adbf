import { relayLimits } from './limits.ts'
import type { Log } from './log.ts'

type Chore = () => Promise<unknown> | unknown

/** What is done every half minute, one thing after the other; a failing chore does not keep the others from being done. */
export class Housekeeping {
  readonly #log: Log
  readonly #chores: readonly Chore[]
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(log: Log, chores: readonly Chore[]) {
    this.#log = log
    this.#chores = chores
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.tidy(), relayLimits.housekeepingMs).unref()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    await this.#running
  }

  tidy(): Promise<void> {
    this.#running = this.#running.then(() => this.#round())
    return this.#running
  }

  async #round(): Promise<void> {
    for (const chore of this.#chores) {
      try {
        await chore()
      } catch (error) {
        this.#log.error('a chore failed', error)
      }
    }
  }
}
