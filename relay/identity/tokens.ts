import { createHash, randomBytes } from 'node:crypto'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { addressSchema } from '../../shared/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import type { Exchange } from '../http/router.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

export type Account = `0x${string}`

/** Bearer tokens: 256 random bits, kept as their hash alone. */
export class Tokens {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  async issue(
    account: Account,
    ttlMs: number = relayLimits.tokenTtlMs,
  ): Promise<{ token: string; expiresAt: number }> {
    const token = randomBytes(32).toString('base64url')
    const nowMs = this.#clock()
    const expiresMs = nowMs + ttlMs
    await this.#db.transaction(async () => {
      await this.#db.run('INSERT INTO tokens VALUES (?, ?, ?, ?)', hashOf(token), account, nowMs, expiresMs)
      await this.#db.run(
        `DELETE FROM tokens WHERE account = ? AND hash NOT IN
           (SELECT hash FROM tokens WHERE account = ? ORDER BY created_ms DESC LIMIT ?)`,
        account,
        account,
        relayLimits.tokensPerAccount,
      )
    })
    return { token, expiresAt: Math.floor(expiresMs / 1_000) }
  }

  /** The signed-in account. @throws CarekeyError `sign-in-required`, `token-invalid` */
  async require(exchange: Exchange): Promise<Account> {
    const header = exchange.header('authorization')
    if (header === null) throw new CarekeyError('sign-in-required', 'Sign in to this relay first.')
    const [, token] = /^Bearer ([A-Za-z0-9_-]{16,200})$/i.exec(header) ?? []
    const account = token === undefined ? null : await this.#find(token)
    if (account === null) throw new CarekeyError('token-invalid', 'The sign-in has run out. Sign in again.')
    return account
  }

  async sweep(): Promise<void> {
    await this.#db.run('DELETE FROM tokens WHERE expires_ms <= ?', this.#clock())
  }

  async #find(token: string): Promise<Account | null> {
    const row = await this.#db.one<{ account: string }>(
      'SELECT account FROM tokens WHERE hash = ? AND expires_ms > ?',
      hashOf(token),
      this.#clock(),
    )
    return row ? addressSchema.parse(row.account) : null
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
