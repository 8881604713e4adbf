import type { Hex } from 'viem'
import { CarekeyError, isReason, type Reason } from '../../shared/protocol/errors.ts'
import { type SponsoredStatus, sponsoredStatusSchema } from '../../shared/protocol/relay-api.ts'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Metrics } from '../metrics.ts'
import type { SyncDatabase as Database } from '../storage/sync-database.ts'
import type { Act } from './acts.ts'

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

interface StatusRow {
  digest: string
  status: 'queued' | 'submitted' | 'mined' | 'failed'
  transaction_hash: string | null
  block_number: number | null
  reason: string | null
}

/** Which budget pays for a kind of act. */
function purseOf(kind: Act['kind']): keyof typeof relayLimits.sponsoredPerDay {
  if (kind === 'revocation' || kind === 'veto') return 'revocation'
  return kind === 'opening' ? 'emergency' : 'act'
}

const dayMs = 24 * 60 * 60 * 1_000

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

  /** With a subject: that one. Without: of several acts with one digest, the one that is least far. */
  status(digest: Hex, subject?: Hex): SponsoredStatus | null {
    const columns = 'digest, status, transaction_hash, block_number, reason'
    const row =
      subject === undefined
        ? this.#db.one<StatusRow>(
            `SELECT ${columns} FROM acts WHERE digest = ?
             ORDER BY CASE status WHEN 'queued' THEN 0 WHEN 'submitted' THEN 1 WHEN 'mined' THEN 2 ELSE 3 END LIMIT 1`,
            digest,
          )
        : this.#db.one<StatusRow>(
            `SELECT ${columns} FROM acts WHERE digest = ? AND subject = ?`,
            digest,
            subject,
          )
    if (!row) return null
    return sponsoredStatusSchema.parse({
      id: row.digest,
      status: row.status === 'queued' ? 'submitted' : row.status,
      transactionHash: row.transaction_hash,
      blockNumber: row.block_number,
      reason: row.reason,
    })
  }

  /** Takes an act into the queue and counts it. @throws CarekeyError `budget-spent`, `rate-limited` */
  accept(act: Act): void {
    this.#db.transaction(() => {
      const open = this.#db.one<{ count: number }>(
        `SELECT count(*) AS count FROM acts WHERE status IN ('queued', 'submitted') AND block_number IS NULL`,
      )
      if ((open?.count ?? 0) >= relayLimits.sponsorQueueMax) {
        throw new CarekeyError('rate-limited', 'Too many acts wait for the ledger. Try again in a minute.')
      }
      const purse = purseOf(act.kind)
      const { organization, signer } = relayLimits.sponsoredPerDay[purse]
      this.#spend(act.organization, purse, organization)
      // An organization that signs itself has no other bound than its own.
      if (act.subject !== act.organization) this.#spend(act.subject, purse, signer)
      this.#put(act, 'queued', null)
    })
  }

  /** Notes a refusal before anything was sent. A later, better act with this digest takes its place. */
  refuse(act: Act, reason: Reason): void {
    this.#put(act, 'failed', reason)
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'failed' })
  }

  nextQueued(): QueuedAct | null {
    return this.#db.one<QueuedAct>(
      `SELECT digest, subject, kind, target, data FROM acts WHERE status = 'queued' ORDER BY created_ms LIMIT 1`,
    )
  }

  /** Sent or about to be and not final, in the order of their nonces. */
  sent(): SentAct[] {
    return this.#db.all<SentAct>(
      `SELECT digest, subject, kind, target, data, nonce, raw, transaction_hash, sent_ms, block_number, block_hash
       FROM acts WHERE status = 'submitted' ORDER BY nonce`,
    )
  }

  /** Once this returns, the act has this one transaction for ever. */
  sign(act: QueuedAct, transaction: { nonce: number; raw: Hex; hash: Hex }): void {
    this.#db.run(
      `UPDATE acts SET status = 'submitted', nonce = ?, raw = ?, transaction_hash = ?, sent_ms = ?
       WHERE digest = ? AND subject = ? AND status = 'queued'`,
      transaction.nonce,
      transaction.raw,
      transaction.hash,
      this.#clock(),
      act.digest,
      act.subject,
    )
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'submitted' })
  }

  /** No block has it, or none has it any more. */
  sentAgain(act: SentAct): void {
    this.#db.run(
      'UPDATE acts SET sent_ms = ?, block_number = NULL, block_hash = NULL WHERE digest = ? AND subject = ?',
      this.#clock(),
      act.digest,
      act.subject,
    )
  }

  /** A block has it, which a reorganization may still take. */
  included(act: QueuedAct, block: Block): void {
    this.#db.run(
      'UPDATE acts SET block_number = ?, block_hash = ? WHERE digest = ? AND subject = ?',
      block.number,
      block.hash,
      act.digest,
      act.subject,
    )
  }

  /** It is final. */
  mined(act: QueuedAct, block: Block): void {
    this.#db.run(
      `UPDATE acts SET status = 'mined', block_number = ?, block_hash = ? WHERE digest = ? AND subject = ?`,
      block.number,
      block.hash,
      act.digest,
      act.subject,
    )
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'mined' })
  }

  minedAct(digest: Hex, subject: Hex): MinedAct | null {
    return this.#db.one<MinedAct>(
      `SELECT digest, subject, block_number, block_hash FROM acts WHERE status = 'mined' AND digest = ? AND subject = ?`,
      digest,
      subject,
    )
  }

  /** The newest final act that had this nonce. */
  minedWith(nonce: number): MinedAct | null {
    return this.#db.one<MinedAct>(
      `SELECT digest, subject, block_number, block_hash FROM acts WHERE status = 'mined' AND nonce = ?
       ORDER BY block_number DESC LIMIT 1`,
      nonce,
    )
  }

  /** Its block is no longer the ledger's: it waits for another one, with the transaction that it had. */
  reopen({ digest, subject }: MinedAct): void {
    this.#db.run(
      `UPDATE acts SET status = 'submitted', sent_ms = 0, block_number = NULL, block_hash = NULL
       WHERE digest = ? AND subject = ? AND status = 'mined'`,
      digest,
      subject,
    )
  }

  failed(act: QueuedAct, reason: Reason): void {
    this.#db.run(
      `UPDATE acts SET status = 'failed', reason = ? WHERE digest = ? AND subject = ?`,
      isReason(reason) ? reason : 'internal',
      act.digest,
      act.subject,
    )
    this.#metrics.sponsored.inc({ kind: act.kind, status: 'failed' })
  }

  /** Its nonce was taken by another transaction, so this one can never be mined: it gets a new one. */
  requeue(act: SentAct): void {
    this.#db.run(
      `UPDATE acts SET status = 'queued', nonce = NULL, raw = NULL, transaction_hash = NULL, sent_ms = NULL,
         block_number = NULL, block_hash = NULL
       WHERE digest = ? AND subject = ?`,
      act.digest,
      act.subject,
    )
  }

  /** Another chain than before answers: what was sent to the former one will not be mined here. Returns whether it is another. */
  noteChain(genesis: Hex): boolean {
    return this.#db.transaction(() => {
      const before = this.#db.one<{ value: string }>(`SELECT value FROM meta WHERE key = 'genesis'`)
      this.#db.run(`INSERT OR REPLACE INTO meta VALUES ('genesis', ?)`, genesis)
      if (!before || before.value === genesis) return false
      this.#db.run(
        `UPDATE acts SET status = 'failed', reason = 'ledger-refused' WHERE status IN ('queued', 'submitted')`,
      )
      // The same signatures may be good on the new chain.
      this.#db.run(`DELETE FROM acts WHERE status = 'mined'`)
      return true
    })
  }

  /** What failed cost nobody anything, so that nothing but this bounds how much of it strangers leave here. */
  sweep(): void {
    this.#db.run('DELETE FROM spending WHERE day < ?', Math.floor(this.#clock() / dayMs) - 7)
    this.#db.run(
      `DELETE FROM acts WHERE status = 'failed' AND created_ms <= ?`,
      this.#clock() - relayLimits.sponsorFailedTtlMs,
    )
    this.#db.run(
      `DELETE FROM acts WHERE status = 'failed' AND created_ms <
         (SELECT created_ms FROM acts WHERE status = 'failed' ORDER BY created_ms DESC LIMIT 1 OFFSET ?)`,
      relayLimits.sponsorFailedMax,
    )
  }

  #spend(who: string, purse: string, limit: number): void {
    const row = this.#db.one<{ acts: number }>(
      'INSERT INTO spending VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET acts = acts + 1 RETURNING acts',
      Math.floor(this.#clock() / dayMs),
      who,
      purse,
    )
    if ((row?.acts ?? 0) > limit) {
      throw new CarekeyError(
        'budget-spent',
        'What the sponsor pays in a day is used up. Try again tomorrow, or submit it elsewhere.',
      )
    }
  }

  #put(act: Act, status: 'queued' | 'failed', reason: Reason | null): void {
    this.#db.run(
      `INSERT INTO acts (digest, subject, kind, organization, target, data, status, reason, created_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET organization = excluded.organization, data = excluded.data, status = excluded.status,
         reason = excluded.reason, created_ms = excluded.created_ms, nonce = NULL, raw = NULL, transaction_hash = NULL,
         block_number = NULL, block_hash = NULL
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
}
