import { createHash, randomBytes } from 'node:crypto'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { addressSchema } from '../../shared/protocol/ids.ts'
import type { ListedToken } from '../../shared/protocol/relay-api.ts'
import type { Clock } from '../clock.ts'
import type { Exchange } from '../http/router.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'
import { type Scope, scopes, scopesSchema } from './scopes.ts'

export type Account = `0x${string}`

export interface IssuedToken {
  token: string
  id: string
  /** Unix seconds. */
  expiresAt: number
}

interface TokenRow {
  id: string
  account: string
  scopes: string
  label: string
  created_ms: number
  expires_ms: number
}

const columns = 'id, account, scopes, label, created_ms, expires_ms'

/** Bearer tokens: 256 random bits, kept as their hash alone. Their ids are no secret and open nothing. */
export class Tokens {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  async issue(
    account: Account,
    wish: { ttlMs?: number; scopes?: readonly Scope[]; label?: string } = {},
  ): Promise<IssuedToken> {
    const token = randomBytes(32).toString('base64url')
    const id = randomBytes(16).toString('base64url')
    const nowMs = this.#clock()
    const expiresMs = nowMs + (wish.ttlMs ?? relayLimits.tokenTtlMs)
    await this.#db.transaction(async () => {
      await this.#db.run(
        'INSERT INTO tokens (hash, account, created_ms, expires_ms, id, scopes, label) VALUES (?, ?, ?, ?, ?, ?, ?)',
        hashOf(token),
        account,
        nowMs,
        expiresMs,
        id,
        JSON.stringify(wish.scopes ?? scopes),
        wish.label ?? '',
      )
      await this.#db.run(
        `DELETE FROM tokens WHERE account = ? AND hash NOT IN
           (SELECT hash FROM tokens WHERE account = ? ORDER BY created_ms DESC LIMIT ?)`,
        account,
        account,
        relayLimits.tokensPerAccount,
      )
    })
    return { token, id, expiresAt: Math.floor(expiresMs / 1_000) }
  }

  /** The signed-in account. @throws CarekeyError `sign-in-required`, `token-invalid`, or `forbidden` where the token lacks the scope */
  async require(exchange: Exchange, scope: Scope): Promise<Account> {
    const row = await this.#presented(exchange)
    if (scopesSchema.parse(JSON.parse(row.scopes)).includes(scope)) return addressSchema.parse(row.account)
    throw new CarekeyError('forbidden', `This sign-in is not good for this: it lacks the scope “${scope}”.`)
  }

  /** All of an account that are good now, the newest first. */
  async list(exchange: Exchange): Promise<ListedToken[]> {
    const account = await this.require(exchange, 'tokens')
    const { id: current } = await this.#presented(exchange)
    const rows = await this.#db.all<TokenRow>(
      `SELECT ${columns} FROM tokens WHERE account = ? AND expires_ms > ? ORDER BY created_ms DESC`,
      account,
      this.#clock(),
    )
    return rows.map((row) => ({
      id: row.id,
      label: row.label,
      scopes: scopesSchema.parse(JSON.parse(row.scopes)),
      createdAt: Math.floor(row.created_ms / 1_000),
      expiresAt: Math.floor(row.expires_ms / 1_000),
      isCurrent: row.id === current,
    }))
  }

  /** Good no more, from the next request on. `current` is the one that asks, which may always end itself. False when there is none. */
  async revoke(exchange: Exchange, id: string): Promise<boolean> {
    const presented = await this.#presented(exchange)
    const isOwn = id === 'current' || id === presented.id
    const account = isOwn ? presented.account : await this.require(exchange, 'tokens')
    const ended = await this.#db.run(
      'DELETE FROM tokens WHERE account = ? AND id = ?',
      account,
      isOwn ? presented.id : id,
    )
    return ended > 0
  }

  async sweep(): Promise<void> {
    await this.#db.run('DELETE FROM tokens WHERE expires_ms <= ?', this.#clock())
  }

  async #presented(exchange: Exchange): Promise<TokenRow> {
    const header = exchange.header('authorization')
    if (header === null) throw new CarekeyError('sign-in-required', 'Sign in to this relay first.')
    const [, token] = /^Bearer ([A-Za-z0-9_-]{16,200})$/i.exec(header) ?? []
    const row =
      token === undefined
        ? null
        : await this.#db.one<TokenRow>(
            `SELECT ${columns} FROM tokens WHERE hash = ? AND expires_ms > ?`,
            hashOf(token),
            this.#clock(),
          )
    if (row) return row
    throw new CarekeyError('token-invalid', 'The sign-in has run out. Sign in again.')
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
