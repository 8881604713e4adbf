import { randomInt } from 'node:crypto'
import type { Hex } from 'viem'
import { batchOf, encodeAnchorBatch, encodeGrantBatch } from '../../shared/contracts/batches.ts'
import { type Call, simulate } from '../../shared/contracts/calls.ts'
import type { Ledger } from '../../shared/contracts/ledger.ts'
import { NO_HASH } from '../../shared/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Database } from '../storage/database.ts'
import type { BatchKind, BatchSettings } from './batch-item.ts'
import type { LedgerOfActs, QueuedAct } from './ledger-of-acts.ts'

interface Waiting extends QueuedAct {
  leaf: Hex
  batch_only: number
}

export interface BatcherParts {
  db: Database
  acts: LedgerOfActs
  ledger: Ledger
  payer: Hex
  settings: BatchSettings
  clock: Clock
  log: Log
  /** There is something to send. */
  kick: () => void
}

/**
 * Closes batches. What waits and what lies where is in the database alone, and changes in one transaction: a crash leaves an act waiting, or
 * in a batch with its proof kept and its root queued, and nothing between.
 */
export class Batcher {
  readonly #parts: BatcherParts
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()
  #window: number

  constructor(parts: BatcherParts) {
    this.#parts = parts
    this.#window = this.#windowNow()
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.tick(), relayLimits.batchTickMs).unref()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    await this.#running
  }

  /** Looks at what waits now. Never rejects. */
  tick(): Promise<void> {
    this.#running = this.#running.then(async () => {
      try {
        await this.#round()
      } catch (error) {
        this.#parts.log.error('a batch could not be closed', error)
      }
    })
    return this.#running
  }

  async #round(): Promise<void> {
    const { settings, kick } = this.#parts
    const window = this.#windowNow()
    const isOver = window !== this.#window
    this.#window = window
    let moved = await this.#release()
    for (const kind of ['grant', 'anchor'] as const) {
      const ripe = shuffled(await this.#ripe(kind))
      const count = isOver ? ripe.length : ripe.length - (ripe.length % settings.size)
      for (let from = 0; from < count; from += settings.size) {
        await this.#close(kind, ripe.slice(from, Math.min(from + settings.size, count)))
        moved = true
      }
    }
    if (moved) kick()
  }

  #windowNow(): number {
    const { clock, settings } = this.#parts
    return Math.floor(clock() / settings.windowMs)
  }

  #ripe(kind: BatchKind): Promise<Waiting[]> {
    return this.#parts.db.all<Waiting>(
      `SELECT item.digest, item.subject, item.leaf, item.batch_only, acts.kind, acts.target, acts.data FROM batch_items AS item
         JOIN acts ON acts.digest = item.digest AND acts.subject = item.subject
       WHERE item.root IS NULL AND item.kind = ? AND item.ripe_ms <= ? AND acts.status = 'collected'`,
      kind,
      this.#parts.clock(),
    )
  }

  /** What would come too late in its batch goes by itself: the ledger was away, or the batch is stuck. Returns whether anything does. */
  async #release(): Promise<boolean> {
    const { db, acts, clock } = this.#parts
    const late = await db.all<Pick<Waiting, 'digest' | 'subject' | 'batch_only'>>(
      `SELECT item.digest, item.subject, item.batch_only FROM batch_items AS item
         JOIN acts ON acts.digest = item.digest AND acts.subject = item.subject
         LEFT JOIN acts AS batch ON batch.digest = item.root AND batch.subject = '${NO_HASH}'
       WHERE item.deadline <= ? AND acts.status IN ('collected', 'batched') AND batch.block_number IS NULL`,
      Math.floor((clock() + relayLimits.batchMarginMs) / 1_000),
    )
    for (const act of late) if (act.batch_only === 0) await acts.bringSingly(act)
    return late.length > 0
  }

  /** An act that is alone goes by itself, and needs no proof, unless it cannot. */
  async #close(kind: BatchKind, members: readonly Waiting[]): Promise<void> {
    const good = await this.#tried(members)
    const [only] = good
    if (!only) return
    if (good.length === 1 && only.batch_only === 0) await this.#parts.acts.bringSingly(only)
    else await this.#write(kind, good)
  }

  /** Those that the ledger would still take: a root is not judged by what lies under it. */
  async #tried(members: readonly Waiting[]): Promise<Waiting[]> {
    const { ledger, payer, acts } = this.#parts
    const good: Waiting[] = []
    for (const member of members) {
      const refused = await simulate(ledger, { to: member.target, data: member.data }, payer)
      if (refused?.reason === 'ledger-unreachable') throw refused
      const isRefused = refused && !(member.batch_only === 1 && refused.reason === 'previous-unknown')
      if (isRefused) await acts.failed(member, refused.reason)
      else good.push(member)
    }
    return good
  }

  async #write(kind: BatchKind, members: readonly Waiting[]): Promise<void> {
    const { db, ledger, clock } = this.#parts
    const { root, inclusions } = batchOf(members.map(({ leaf }) => leaf))
    const call: Call = (kind === 'grant' ? encodeGrantBatch : encodeAnchorBatch)(ledger.deployment, root)
    await db.transaction(async () => {
      for (const [index, { digest, subject }] of members.entries()) {
        const taken = await db.run(
          `UPDATE acts SET status = 'batched' WHERE digest = ? AND subject = ? AND status = 'collected'`,
          digest,
          subject,
        )
        if (taken === 0) throw new Error('An act left its batch while it was closed.')
        await db.run(
          'UPDATE batch_items SET root = ?, proof = ? WHERE digest = ? AND subject = ?',
          root,
          JSON.stringify(inclusions[index]?.proof),
          digest,
          subject,
        )
      }
      await db.run(
        `INSERT INTO acts (digest, subject, kind, organization, target, data, status, created_ms)
         VALUES (?, ?, ?, ?, ?, ?, 'queued', ?) ON CONFLICT (digest, subject) DO UPDATE SET status = 'queued', reason = NULL
         WHERE acts.status = 'failed'`,
        root,
        NO_HASH,
        `${kind}-batch`,
        NO_HASH,
        call.to,
        call.data,
        clock(),
      )
    })
  }
}

/** In an order that nobody can foretell or rebuild. */
export function shuffled<T>(items: readonly T[]): T[] {
  const left = [...items]
  const order: T[] = []
  while (left.length > 0) order.push(...left.splice(randomInt(left.length), 1))
  return order
}
