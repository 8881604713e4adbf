import type { Hex } from 'viem'
import { CarekeyError, isReason, type Reason } from '../../shared/protocol/errors.ts'
import { NO_HASH } from '../../shared/protocol/ids.ts'
import type { SponsoredStatus } from '../../shared/protocol/relay-api.ts'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Metrics } from '../metrics.ts'
import type { Database } from '../storage/database.ts'
import { type StatusRow, statusColumns, statusTables, toStatus } from './act-status.ts'
import type { Act } from './acts.ts'
import type { BatchItem } from './batch-item.ts'
import { spend } from './budget.ts'

export interface QueuedAct {
  digest: Hex
  subject: Hex
  kind: Act['kind']
  target: Hex
  data: Hex
}

export interface SentAct extends QueuedAct {
  nonce: number
  raw: Hex
  transaction_hash: Hex
  /** Hashes of the transactions that this one replaced, as JSON; null for none. */
  former: string | null
  /** When this transaction was signed; null for one of before bids were noted. */
  bid_ms: number | null
  sent_ms: number
  /** The block that has it, which is not final yet; null as long as none has it. */
  block_number: number | null
  block_hash: Hex | null
}

/** `block_hash` is null for what was final before hashes were kept. */
export interface MinedAct extends Pick<Act, 'digest' | 'subject'> {
  block_number: number
  block_hash: Hex | null
}

export interface Block {
  number: number
  hash: Hex
}

/** What was accepted, what it became, and what it was counted against. */
export class LedgerOfActs {
  readonly #db: Database
  readonly #clock: Clock
  readonly #metrics: Metrics

  constructor(db: Database, clock: Clock, metrics: Metrics) {
    this.#db = db
    this.#clock = clock
    this.#metrics = metrics
  }

  /** Nonces are one relay's to give at a time. False when another is at it. */
  alone(work: () => Promise<void>): Promise<boolean> {
    return this.#db.alone('sponsor', work)
  }

  /** With a subject: that one. Without: of several acts with one digest, the one that is least far. */
  async status(digest: Hex, subject?: Hex): Promise<SponsoredStatus | null> {
    const row =
      subject === undefined
        ? await this.#db.one<StatusRow>(
            `SELECT ${statusColumns} FROM ${statusTables} WHERE acts.digest = ?
             ORDER BY CASE acts.status WHEN 'mined' THEN 1 WHEN 'failed' THEN 2 ELSE 0 END LIMIT 1`,
            digest,
          )
        : await this.#db.one<StatusRow>(
            `SELECT ${statusColumns} FROM ${statusTables} WHERE acts.digest = ? AND acts.subject = ?`,
            digest,
            subject,
          )
    return row && toStatus(row)
  }

  /** Takes an act into the queue, or to those that wait for a batch, and counts it. @throws CarekeyError `budget-spent`, `rate-limited` */
  accept(act: Act, item: BatchItem | null = null): Promise<void> {
    return this.#db.transaction(async () => {
      const open = await this.#db.one<{ count: number }>(
        `SELECT count(*) AS count FROM acts WHERE status IN ('queued', 'submitted', 'collected') AND block_number IS NULL`,
      )
      if ((open?.count ?? 0) >= relayLimits.sponsorQueueMax) {
        throw new CarekeyError('rate-limited', 'Too many acts wait for the ledger. Try again in a minute.')
      }
      await spend(this.#db, this.#clock(), act)
      await this.#put(act, item ? 'collected' : 'queued', null)
      if (item) await this.#collect(act, item)
    })
  }

  /** Notes a refusal before anything was sent. A later, better act with this digest takes its place. */
  async refuse(act: Act, reason: Reason): Promise<void> {
    await this.#put(act, 'failed', reason)
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'failed' })
  }

  /**
   * It goes by itself, whatever batch it waits for or lies in; false if it does already. `paid` is counted where the batch has had its share
   * of the day's budget.
   */
  bringSingly({ digest, subject }: Pick<Act, 'digest' | 'subject'>, paid?: Act): Promise<boolean> {
    return this.#db.transaction(async () => {
      const moved = await this.#db.run(
        `UPDATE acts SET status = 'queued' WHERE digest = ? AND subject = ? AND status IN ('collected', 'batched')`,
        digest,
        subject,
      )
      const waited = await this.#db.run(
        'DELETE FROM batch_items WHERE digest = ? AND subject = ? AND root IS NULL',
        digest,
        subject,
      )
      if (moved > 0 && waited === 0 && paid) await spend(this.#db, this.#clock(), paid)
      return moved > 0
    })
  }

  nextQueued(): Promise<QueuedAct | null> {
    return this.#db.one<QueuedAct>(
      `SELECT digest, subject, kind, target, data FROM acts WHERE status = 'queued' ORDER BY created_ms LIMIT 1`,
    )
  }

  /** Sent or about to be and not final, in the order of their nonces. */
  sent(): Promise<SentAct[]> {
    return this.#db.all<SentAct>(
      `SELECT digest, subject, kind, target, data, nonce, raw, transaction_hash, former, bid_ms, sent_ms, block_number, block_hash
       FROM acts WHERE status = 'submitted' ORDER BY nonce`,
    )
  }

  /** Once this resolves, the act has this nonce for ever, and the transaction may leave. */
  async sign(act: QueuedAct, transaction: { nonce: number; raw: Hex; hash: Hex }): Promise<void> {
    await this.#db.run(
      `UPDATE acts SET status = 'submitted', nonce = ?, raw = ?, transaction_hash = ?, former = NULL, bid_ms = ?, sent_ms = ?
       WHERE digest = ? AND subject = ? AND status = 'queued'`,
      transaction.nonce,
      transaction.raw,
      transaction.hash,
      this.#clock(),
      this.#clock(),
      act.digest,
      act.subject,
    )
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'submitted' })
  }

  /** The same nonce with another transaction; those before are looked for as well. */
  async replace(act: SentAct, transaction: { raw: Hex; hash: Hex }): Promise<void> {
    await this.#db.run(
      'UPDATE acts SET raw = ?, transaction_hash = ?, former = ?, bid_ms = ?, sent_ms = ? WHERE digest = ? AND subject = ?',
      transaction.raw,
      transaction.hash,
      JSON.stringify([act.transaction_hash, ...formerOf(act)]),
      this.#clock(),
      this.#clock(),
      act.digest,
      act.subject,
    )
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'replaced' })
  }

  /** No block has it, or none has it any more. */
  async sentAgain(act: SentAct): Promise<void> {
    await this.#db.run(
      'UPDATE acts SET sent_ms = ?, block_number = NULL, block_hash = NULL WHERE digest = ? AND subject = ?',
      this.#clock(),
      act.digest,
      act.subject,
    )
  }

  /** A block has it, by this one of its transactions; a reorganization may still take it. */
  async included(act: QueuedAct, block: Block, hash: Hex): Promise<void> {
    await this.#db.run(
      'UPDATE acts SET block_number = ?, block_hash = ?, transaction_hash = ? WHERE digest = ? AND subject = ?',
      block.number,
      block.hash,
      hash,
      act.digest,
      act.subject,
    )
  }

  /** It is final. */
  async mined(act: QueuedAct, block: Block, hash: Hex | null): Promise<void> {
    await this.#db.run(
      `UPDATE acts SET status = 'mined', block_number = ?, block_hash = ?, transaction_hash = ? WHERE digest = ? AND subject = ?`,
      block.number,
      block.hash,
      hash,
      act.digest,
      act.subject,
    )
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'mined' })
  }

  minedAct(digest: Hex, subject: Hex): Promise<MinedAct | null> {
    return this.#db.one<MinedAct>(
      `SELECT digest, subject, block_number, block_hash FROM acts WHERE status = 'mined' AND digest = ? AND subject = ?`,
      digest,
      subject,
    )
  }

  /** The act of the batch in which an act lies. */
  async batchOf(digest: Hex, subject: Hex): Promise<Pick<Act, 'digest' | 'subject'> | null> {
    const row = await this.#db.one<{ root: Hex }>(
      'SELECT root FROM batch_items WHERE digest = ? AND subject = ? AND root IS NOT NULL',
      digest,
      subject,
    )
    return row && { digest: row.root, subject: NO_HASH }
  }

  /** The newest final act that had this nonce. */
  minedWith(nonce: number): Promise<MinedAct | null> {
    return this.#db.one<MinedAct>(
      `SELECT digest, subject, block_number, block_hash FROM acts WHERE status = 'mined' AND nonce = ?
       ORDER BY block_number DESC LIMIT 1`,
      nonce,
    )
  }

  /** Its block is no longer the ledger's: it waits for another one, with the transaction that it had. */
  async reopen({ digest, subject }: MinedAct): Promise<void> {
    await this.#db.run(
      `UPDATE acts SET status = 'submitted', sent_ms = 0, block_number = NULL, block_hash = NULL
       WHERE digest = ? AND subject = ? AND status = 'mined'`,
      digest,
      subject,
    )
  }

  /** A batch that failed lets its members go by themselves. */
  async failed(act: QueuedAct, reason: Reason): Promise<void> {
    await this.#db.transaction(async () => {
      await this.#db.run(
        `UPDATE acts SET status = 'failed', reason = ? WHERE digest = ? AND subject = ?`,
        isReason(reason) ? reason : 'internal',
        act.digest,
        act.subject,
      )
      if (act.subject !== NO_HASH) return
      await this.#db.run(
        `UPDATE acts SET status = 'queued' WHERE status = 'batched' AND EXISTS (SELECT 1 FROM batch_items
           WHERE batch_items.digest = acts.digest AND batch_items.subject = acts.subject AND batch_items.root = ?)`,
        act.digest,
      )
      await this.#db.run('DELETE FROM batch_items WHERE root = ?', act.digest)
    })
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'failed' })
  }

  /** Its nonce was taken by another transaction, so this one can never be mined: it gets a new one. */
  async requeue(act: SentAct): Promise<void> {
    await this.#db.run(
      `UPDATE acts SET status = 'queued', nonce = NULL, raw = NULL, transaction_hash = NULL, former = NULL, sent_ms = NULL,
         block_number = NULL, block_hash = NULL
       WHERE digest = ? AND subject = ?`,
      act.digest,
      act.subject,
    )
  }

  /** Another chain than before answers: what was sent to the former one will not be mined here. Returns whether it is another. */
  noteChain(genesis: Hex): Promise<boolean> {
    return this.#db.transaction(async () => {
      const before = await this.#db.one<{ value: string }>(`SELECT value FROM meta WHERE key = 'genesis'`)
      await this.#db.run(
        `INSERT INTO meta VALUES ('genesis', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        genesis,
      )
      if (!before || before.value === genesis) return false
      // The same signatures may be good on the new chain.
      await this.#db.run(`DELETE FROM acts WHERE status IN ('mined', 'batched')`)
      await this.#db.run(
        `UPDATE acts SET status = 'failed', reason = 'ledger-refused' WHERE status <> 'failed'`,
      )
      await this.#db.run('DELETE FROM batch_items')
      return true
    })
  }

  /** What failed cost nobody anything, so that nothing but this bounds how much of it strangers leave here. */
  async sweep(): Promise<void> {
    await this.#db.run('DELETE FROM spending WHERE day < ?', Math.floor(this.#clock() / dayMs) - 7)
    await this.#db.run(
      `DELETE FROM acts WHERE status = 'failed' AND created_ms <= ?`,
      this.#clock() - relayLimits.sponsorFailedTtlMs,
    )
    await this.#db.run(
      `DELETE FROM acts WHERE status = 'failed' AND created_ms <
         (SELECT created_ms FROM acts WHERE status = 'failed' ORDER BY created_ms DESC LIMIT 1 OFFSET ?)`,
      relayLimits.sponsorFailedMax,
    )
    await this.#db.run(
      `DELETE FROM batch_items WHERE root IS NULL AND NOT EXISTS (SELECT 1 FROM acts
         WHERE acts.digest = batch_items.digest AND acts.subject = batch_items.subject AND acts.status = 'collected')`,
    )
  }

  async #put(act: Act, status: 'queued' | 'collected' | 'failed', reason: Reason | null): Promise<void> {
    await this.#db.run(
      `INSERT INTO acts (digest, subject, kind, organization, target, data, status, reason, created_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (digest, subject) DO UPDATE SET organization = excluded.organization, data = excluded.data,
         status = excluded.status, reason = excluded.reason, created_ms = excluded.created_ms, nonce = NULL, raw = NULL,
         transaction_hash = NULL, former = NULL, block_number = NULL, block_hash = NULL
       WHERE acts.status = 'failed'`,
      act.digest,
      act.subject,
      act.kind,
      act.organization,
      act.call.to,
      act.call.data,
      status,
      reason,
      this.#clock(),
    )
  }

  async #collect({ digest, subject }: Act, item: BatchItem): Promise<void> {
    await this.#db.run(
      `INSERT INTO batch_items (digest, subject, kind, leaf, deadline, ripe_ms, batch_only) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (digest, subject) DO UPDATE SET leaf = excluded.leaf, deadline = excluded.deadline,
         ripe_ms = excluded.ripe_ms, batch_only = excluded.batch_only WHERE batch_items.root IS NULL`,
      digest,
      subject,
      item.kind,
      item.leaf,
      item.deadline,
      item.ripeMs,
      item.batchOnly ? 1 : 0,
    )
  }
}

/** The transactions that this act's own one replaced, newest first. */
export const formerOf = ({ former }: Pick<SentAct, 'former'>): Hex[] =>
  former === null ? [] : (JSON.parse(former) as Hex[])

const dayMs = 24 * 60 * 60 * 1_000
