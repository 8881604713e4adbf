import { CarekeyError } from '../../shared/protocol/errors.ts'
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

  /**
   * Nobody proves here that a peer is theirs: whoever came first has it until it runs out or is released. @throws CarekeyError `forbidden`
   */
  async register(account: Account, peerId: string): Promise<void> {
    await this.#db.transaction(async () => {
      if ((await this.#ownerOf(peerId, account)) !== null) {
        throw new CarekeyError('forbidden', 'This peer belongs to another account. Take a new peer id.')
      }
      await this.#db.run(
        `INSERT INTO peers (account, peer_id, expires_ms) VALUES (?, ?, ?)
         ON CONFLICT (account, peer_id) DO UPDATE SET expires_ms = excluded.expires_ms`,
        account,
        peerId,
        this.#clock() + relayLimits.peerRegistrationTtlMs,
      )
      await this.#db.run(
        `DELETE FROM peers WHERE account = ? AND peer_id NOT IN
           (SELECT peer_id FROM peers WHERE account = ? ORDER BY expires_ms DESC LIMIT ?)`,
        account,
        account,
        relayLimits.peersPerAccount,
      )
    })
  }

  /** False when the account has no such peer. */
  async release(account: Account, peerId: string): Promise<boolean> {
    return (await this.#db.run('DELETE FROM peers WHERE account = ? AND peer_id = ?', account, peerId)) > 0
  }

  /** Notes at which relay a peer reserves; false when no account has it. */
  async reserve(peerId: string, relay: string): Promise<boolean> {
    const reserved = await this.#db.run(
      'UPDATE peers SET relay = ? WHERE peer_id = ? AND expires_ms > ?',
      relay,
      peerId,
      this.#clock(),
    )
    return reserved > 0
  }

  async leave(peerId: string, relay: string): Promise<void> {
    await this.#db.run('UPDATE peers SET relay = NULL WHERE peer_id = ? AND relay = ?', peerId, relay)
  }

  /** Newest first, each with the relay at which it has reserved. */
  async of(account: Account): Promise<{ peerId: string; relay: string | null }[]> {
    const rows = await this.#db.all<{ peer_id: string; relay: string | null }>(
      'SELECT peer_id, relay FROM peers WHERE account = ? AND expires_ms > ? ORDER BY expires_ms DESC',
      account,
      this.#clock(),
    )
    return rows.map(({ peer_id: peerId, relay }) => ({ peerId, relay }))
  }

  /** Whose a peer is now, that one account set aside. */
  async #ownerOf(peerId: string, but: Account | '' = ''): Promise<Account | null> {
    const row = await this.#db.one<{ account: Account }>(
      'SELECT account FROM peers WHERE peer_id = ? AND expires_ms > ? AND account <> ? LIMIT 1',
      peerId,
      this.#clock(),
      but,
    )
    return row?.account ?? null
  }

  async sweep(): Promise<void> {
    await this.#db.run('DELETE FROM peers WHERE expires_ms <= ?', this.#clock())
  }
}
