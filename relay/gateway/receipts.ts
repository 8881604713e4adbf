import type { OrganizationId } from '../../shared/protocol/ids.ts'
import { type Receipt, receiptSchema } from '../../shared/protocol/relay-api.ts'
import { type Clock, secondsOf } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

interface ReceiptRow {
  grant_id: string
  cid: string
  organization: string
  bytes: number
  at: number
}

/** What was served to whom: the owner's to read, nobody else's. */
export class Receipts {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  add(
    owner: Account,
    served: { grant: string; cid: string; organization: OrganizationId; bytes: number },
  ): void {
    this.#db.run(
      'INSERT INTO receipts (owner, grant_id, cid, organization, bytes, at) VALUES (?, ?, ?, ?, ?, ?)',
      owner,
      served.grant,
      served.cid,
      served.organization,
      served.bytes,
      secondsOf(this.#clock),
    )
  }

  /** Newest first. */
  list(owner: Account): Receipt[] {
    return this.#db
      .all<ReceiptRow>(
        'SELECT grant_id, cid, organization, bytes, at FROM receipts WHERE owner = ? ORDER BY seq DESC LIMIT ?',
        owner,
        relayLimits.receiptsPage,
      )
      .map(({ grant_id: grant, ...row }) => receiptSchema.parse({ grant, ...row }))
  }

  sweep(): void {
    this.#db.run(
      'DELETE FROM receipts WHERE at <= ?',
      Math.floor((this.#clock() - relayLimits.receiptTtlMs) / 1_000),
    )
  }
}
