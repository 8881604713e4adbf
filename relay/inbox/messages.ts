import { randomBytes } from 'node:crypto'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

export interface Message {
  id: string
  from: Account
  /** Unix seconds. */
  receivedAt: number
  sealed: Uint8Array
}

/** Sealed messages until they are fetched and acknowledged, or too old. */
export class Inbox {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** @throws CarekeyError `quota-exceeded` when the recipient has too many messages, or too many from this sender. */
  async leave(message: {
    recipient: Account
    sender: Account
    sealed: Uint8Array
    capacity: number
  }): Promise<string> {
    const id = randomBytes(16).toString('hex')
    const nowMs = this.#clock()
    await this.#db.transaction(async () => {
      const waiting = await this.#db.one<{ all_of_them: number; from_sender: number }>(
        `SELECT count(*) AS all_of_them, count(*) FILTER (WHERE sender = ?) AS from_sender FROM inbox
         WHERE recipient = ? AND expires_ms > ?`,
        message.sender,
        message.recipient,
        nowMs,
      )
      if (
        (waiting?.all_of_them ?? 0) >= message.capacity ||
        (waiting?.from_sender ?? 0) >= relayLimits.inboxMessagesPerSender
      ) {
        throw new CarekeyError('quota-exceeded', 'Too many messages wait there already.')
      }
      await this.#db.run(
        'INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?)',
        id,
        message.recipient,
        message.sender,
        nowMs,
        nowMs + relayLimits.inboxTtlMs,
        message.sealed,
      )
    })
    return id
  }

  /** Oldest first. */
  async waiting(recipient: Account): Promise<Message[]> {
    const rows = await this.#db.all<{
      id: string
      sender: Account
      received_ms: number
      sealed: Uint8Array
    }>(
      `SELECT id, sender, received_ms, sealed FROM inbox WHERE recipient = ? AND expires_ms > ?
       ORDER BY received_ms, id LIMIT ?`,
      recipient,
      this.#clock(),
      relayLimits.inboxPage,
    )
    return rows.map(({ id, sender, received_ms, sealed }) => ({
      id,
      from: sender,
      receivedAt: Math.floor(received_ms / 1_000),
      sealed,
    }))
  }

  /** False when the recipient has no such message. */
  async acknowledge(recipient: Account, id: string): Promise<boolean> {
    return (await this.#db.run('DELETE FROM inbox WHERE id = ? AND recipient = ?', id, recipient)) > 0
  }

  async sweep(): Promise<void> {
    await this.#db.run('DELETE FROM inbox WHERE expires_ms <= ?', this.#clock())
  }
}
