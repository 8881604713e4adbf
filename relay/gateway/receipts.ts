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

  async add(
    owner: Account,
    served: { grant: string; cid: string; organization: OrganizationId; bytes: number },
  ): Promise<void> {
    await this.#db.run(
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
  async list(owner: Account): Promise<Receipt[]> {
    const rows = await this.#db.all<ReceiptRow>(
      'SELECT grant_id, cid, organization, bytes, at FROM receipts WHERE owner = ? ORDER BY seq DESC LIMIT ?',
      owner,
      relayLimits.receiptsPage,
    )
    return rows.map(({ grant_id: grant, ...row }) => receiptSchema.parse({ grant, ...row }))
  }

  async sweep(): Promise<void> {
    await this.#db.run(
      'DELETE FROM receipts WHERE at <= ?',
      Math.floor((this.#clock() - relayLimits.receiptTtlMs) / 1_000),
    )
  }
}
