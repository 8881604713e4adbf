import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

export interface Held {
  multihash: Uint8Array
  bytes: number
}

/**
 * Who has delivered which block. Only a claimed block can be pinned by an account, or else whoever knows a CID could pin somebody else's
 * ciphertext and read it as its owner. What is claimed counts against the quota, so that the sum of claims is the use.
 */
export class Claims {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Claims blocks for a pin to come; returns those that the account did not hold before. @throws CarekeyError `quota-exceeded` */
  hold(account: Account, blocks: readonly Held[], quotaBytes: number): Promise<Held[]> {
    const nowMs = this.#clock()
    const freshUntilMs = nowMs + relayLimits.unpinnedTtlMs
    return this.#db.transaction(async () => {
      const added: Held[] = []
      for (const { multihash, bytes } of blocks) {
        await this.#db.run(
          'INSERT INTO blocks VALUES (?, ?, 0, ?) ON CONFLICT (multihash) DO UPDATE SET touched_ms = excluded.touched_ms',
          multihash,
          bytes,
          nowMs,
        )
        const before = await this.#db.run(
          'UPDATE claims SET fresh_until_ms = ? WHERE account = ? AND multihash = ?',
          freshUntilMs,
          account,
          multihash,
        )
        if (before > 0) continue
        await this.#db.run('INSERT INTO claims VALUES (?, ?, ?, ?)', account, multihash, bytes, freshUntilMs)
        added.push({ multihash, bytes })
      }
      const grown = added.reduce((sum, block) => sum + block.bytes, 0)
      await this.#add(account, grown)
      const used = await this.usedBytes(account)
      if (grown > 0 && used > quotaBytes) {
        throw new CarekeyError('quota-exceeded', 'This account has no space left at the relay.', {
          data: { quotaBytes, usedBytes: used - grown },
        })
      }
      return added
    })
  }

  async holds(account: Account, multihash: Uint8Array): Promise<boolean> {
    const found = await this.#db.one(
      'SELECT 1 FROM claims WHERE account = ? AND multihash = ?',
      account,
      multihash,
    )
    return found !== null
  }

  async usedBytes(account: Account): Promise<number> {
    const row = await this.#db.one<{ bytes: number }>('SELECT bytes FROM usage WHERE account = ?', account)
    return row?.bytes ?? 0
  }

  /** Now kept by a pin. Returns false, with nothing changed for the missing ones, when the account does not hold all of them any more. */
  async keep(account: Account, multihashes: readonly Uint8Array[]): Promise<boolean> {
    for (const multihash of multihashes) {
      const kept = await this.#db.run(
        'UPDATE claims SET fresh_until_ms = 0 WHERE account = ? AND multihash = ?',
        account,
        multihash,
      )
      if (kept === 0) return false
    }
    return true
  }

  /** Gives up what no pin of the account keeps; with `evenFresh` also what waits for a pin to come. */
  async release(account: Account, multihashes: readonly Uint8Array[], evenFresh: boolean): Promise<void> {
    await this.#db.transaction(async () => {
      let freed = 0
      for (const multihash of multihashes) {
        const removed = await this.#db.one<{ bytes: number }>(
          `DELETE FROM claims WHERE account = ? AND multihash = ? AND fresh_until_ms <= ?
             AND NOT EXISTS (SELECT 1 FROM pin_blocks JOIN pins USING (requestid)
               WHERE pin_blocks.multihash = claims.multihash AND pins.account = claims.account)
           RETURNING bytes`,
          account,
          multihash,
          evenFresh ? Number.MAX_SAFE_INTEGER : this.#clock(),
        )
        freed += removed?.bytes ?? 0
      }
      await this.#add(account, -freed)
    })
  }

  /** Gives up what waited too long for a pin. */
  async sweep(): Promise<void> {
    const stale = await this.#db.all<{ account: Account; multihash: Uint8Array }>(
      'SELECT account, multihash FROM claims WHERE fresh_until_ms > 0 AND fresh_until_ms <= ? LIMIT 10000',
      this.#clock(),
    )
    await this.#db.transaction(async () => {
      for (const { account, multihash } of stale) {
        // A pin may have taken it meanwhile without looking at its freshness: then it is simply kept.
        await this.#db.run(
          'UPDATE claims SET fresh_until_ms = 0 WHERE account = ? AND multihash = ?',
          account,
          multihash,
        )
        await this.release(account, [multihash], false)
      }
    })
  }

  async #add(account: Account, bytes: number): Promise<void> {
    if (bytes === 0) return
    // Not one upsert: the check on the row to be inserted would refuse a negative number before the conflict is seen.
    await this.#db.run('INSERT INTO usage VALUES (?, 0) ON CONFLICT DO NOTHING', account)
    await this.#db.run('UPDATE usage SET bytes = bytes + ? WHERE account = ?', bytes, account)
  }
}
