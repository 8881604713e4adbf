import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

const addressesSchema = z.array(z.string())

/** The relays that share this database, each with where its circuit is reached. */
export class Relays {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Said at the start, and again every half minute. */
  async isHere(peerId: string, multiaddrs: readonly string[]): Promise<void> {
    await this.#db.run(
      `INSERT INTO relays VALUES (?, ?, ?)
       ON CONFLICT (peer_id) DO UPDATE SET multiaddrs = excluded.multiaddrs, seen_ms = excluded.seen_ms`,
      peerId,
      JSON.stringify(multiaddrs),
      this.#clock(),
    )
  }

  async hasGone(peerId: string): Promise<void> {
    await this.#db.run('DELETE FROM relays WHERE peer_id = ?', peerId)
  }

  /** Addresses of those that were heard of lately, by peer id. */
  async live(): Promise<Map<string, string[]>> {
    const rows = await this.#db.all<{ peer_id: string; multiaddrs: string }>(
      'SELECT peer_id, multiaddrs FROM relays WHERE seen_ms > ? ORDER BY peer_id',
      this.#clock() - relayLimits.relayUnheardMs,
    )
    return new Map(rows.map((row) => [row.peer_id, addressesSchema.parse(JSON.parse(row.multiaddrs))]))
  }
}
