import type { Clock } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

/** Which libp2p peers belong to a signed-in account. Kept on disk, so that they can reserve again after a restart of the relay. */
export class Peers {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  register(account: Account, peerId: string): void {
    this.#db.transaction(() => {
      this.#db.run(
        'INSERT OR REPLACE INTO peers VALUES (?, ?, ?)',
        account,
        peerId,
        this.#clock() + relayLimits.peerRegistrationTtlMs,
      )
      this.#db.run(
        `DELETE FROM peers WHERE account = ? AND peer_id NOT IN
           (SELECT peer_id FROM peers WHERE account = ? ORDER BY expires_ms DESC LIMIT ?)`,
        account,
        account,
        relayLimits.peersPerAccount,
      )
    })
  }

  isRegistered(peerId: string): boolean {
    return (
      this.#db.one(
        'SELECT 1 FROM peers WHERE peer_id = ? AND expires_ms > ? LIMIT 1',
        peerId,
        this.#clock(),
      ) !== null
    )
  }

  /** Newest first. */
  of(account: Account): string[] {
    return this.#db
      .all<{ peer_id: string }>(
        'SELECT peer_id FROM peers WHERE account = ? AND expires_ms > ? ORDER BY expires_ms DESC',
        account,
        this.#clock(),
      )
      .map((row) => row.peer_id)
  }

  sweep(): void {
    this.#db.run('DELETE FROM peers WHERE expires_ms <= ?', this.#clock())
  }
}
