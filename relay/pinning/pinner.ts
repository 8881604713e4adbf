import { setTimeout as delay } from 'node:timers/promises'
import type { CID } from 'multiformats/cid'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { BlockLost, type BlockStore } from '../storage/block-store.ts'
import { DagRefused, walkDag } from '../storage/dag.ts'
import type { Database } from '../storage/database.ts'
import type { Claims } from './claims.ts'
import type { OpenPin, PinnedBlock, Pins } from './pins.ts'

export interface PinnerParts {
  db: Database
  store: BlockStore
  claims: Claims
  pins: Pins
  metrics: Metrics
  log: Log
}

class Unclaimed extends Error {
  readonly multihash: Uint8Array

  constructor(multihash: Uint8Array) {
    super('The account has not delivered this block.')
    this.multihash = multihash
  }
}

/** Walks queued pins' DAGs. `pinned` is said when every block has been read back from the disk with its hash, and not before. */
export class Pinner {
  readonly #parts: PinnerParts
  readonly #queue: OpenPin[] = []
  readonly #running = new Map<string, Promise<void>>()
  /** Walks to repeat once they end: blocks came while they ran. */
  readonly #again = new Map<string, OpenPin>()
  #stopped = false

  constructor(parts: PinnerParts) {
    this.#parts = parts
  }

  /** Takes up what a former process left open. */
  async start(): Promise<void> {
    for (const pin of await this.#parts.pins.open()) this.#enqueue(pin)
  }

  /** Looks again at everything that is open, should a wake have been missed. */
  retry(): Promise<void> {
    return this.start()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#queue.length = 0
    this.#again.clear()
    await Promise.allSettled(this.#running.values())
  }

  /** Blocks have come: look again at pins that wait for one of them. */
  async wake(account: Account, multihashes: readonly Uint8Array[]): Promise<void> {
    for (const pin of await this.#parts.pins.waitingFor(account, multihashes)) this.#enqueue(pin)
  }

  /** Starts a new pin, and waits a little so that the first answer can say `pinned`. */
  async begin(pin: OpenPin): Promise<void> {
    this.#enqueue(pin)
    const running = this.#running.get(pin.requestid)
    if (running) await Promise.race([running, delay(relayLimits.pinAnswerMs, undefined, { ref: false })])
  }

  #enqueue(pin: OpenPin): void {
    if (this.#stopped) return
    if (this.#running.has(pin.requestid)) {
      this.#again.set(pin.requestid, pin)
      return
    }
    if (!this.#queue.some((queued) => queued.requestid === pin.requestid)) this.#queue.push(pin)
    this.#fill()
  }

  #fill(): void {
    while (this.#running.size < relayLimits.pinWalksAtOnce) {
      const pin = this.#queue.shift()
      if (!pin) return
      const walk = this.#walk(pin)
        .catch((error: unknown) => this.#parts.log.error('pin walk failed', error))
        .finally(() => {
          this.#running.delete(pin.requestid)
          if (this.#again.delete(pin.requestid)) this.#enqueue(pin)
          this.#fill()
        })
      this.#running.set(pin.requestid, walk)
    }
  }

  async #walk(pin: OpenPin): Promise<void> {
    const { pins, metrics } = this.#parts
    const seconds = metrics.pinSeconds.startTimer()
    if (!(await pins.begin(pin.requestid))) return
    try {
      const blocks: PinnedBlock[] = []
      for await (const { cid, bytes } of walkDag(pin.cid, (cid) => this.#read(pin.account, cid))) {
        if (this.#stopped) return
        blocks.push({ cid, bytes: bytes.byteLength })
      }
      if (await pins.settle(pin, blocks)) seconds()
      else await pins.wait(pin.requestid, pin.cid.multihash.bytes)
    } catch (error) {
      if (error instanceof DagRefused) await pins.fail(pin.requestid, error.message)
      else if (error instanceof Unclaimed || error instanceof BlockLost) {
        await pins.wait(pin.requestid, error.multihash)
        // It may have come between the look and the note.
        if (error instanceof Unclaimed && (await this.#parts.claims.holds(pin.account, error.multihash)))
          this.#enqueue(pin)
      } else throw error
    }
  }

  async #read(account: Account, cid: CID): Promise<Uint8Array> {
    const multihash = cid.multihash.bytes
    if (!(await this.#parts.claims.holds(account, multihash))) throw new Unclaimed(multihash)
    try {
      return await this.#parts.store.get(multihash)
    } catch (error) {
      if (error instanceof BlockLost) this.#parts.metrics.damagedBlocks.inc()
      throw error
    }
  }
}
