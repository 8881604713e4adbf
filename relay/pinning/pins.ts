import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { PinStatus } from '../../shared/protocol/relay-api.ts'
import type { Clock } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import { parseCid } from '../storage/cid.ts'
import type { Database } from '../storage/database.ts'
import type { Claims } from './claims.ts'
import { type PinFilter, whereOf } from './pin-filter.ts'
import { type PinRequest, type PinRow, pinColumns, toStatus } from './pin-status.ts'

/** A pin that waits for its blocks. */
export interface OpenPin {
  requestid: string
  account: Account
  cid: CID
  settleByMs: number
}

export interface PinnedBlock {
  cid: CID
  bytes: number
}

/** The pin ledger. Every query names the account, so that another's pin is simply not there. */
export class Pins {
  readonly #db: Database
  readonly #clock: Clock
  readonly #claims: Claims

  constructor(db: Database, clock: Clock, claims: Claims) {
    this.#db = db
    this.#clock = clock
    this.#claims = claims
  }

  /** Queues a pin, in place of another if `replaces` is given. @throws CarekeyError `not-found`, `quota-exceeded` */
  async add(account: Account, pin: PinRequest, replaces: string | null = null): Promise<string> {
    const cid = parseCid(pin.cid)
    const requestid = randomBytes(24).toString('base64url')
    await this.#db.transaction(async () => {
      if (replaces !== null) {
        const hidden = await this.#db.run(
          'UPDATE pins SET hidden = 1 WHERE requestid = ? AND account = ? AND hidden = 0',
          replaces,
          account,
        )
        if (hidden === 0) throw pinMissing()
      }
      const seen = await this.#db.one<{ count: number; last_ms: number | null }>(
        'SELECT count(*) AS count, max(created_ms) AS last_ms FROM pins WHERE account = ?',
        account,
      )
      if ((seen?.count ?? 0) >= relayLimits.pinsPerAccount) {
        throw new CarekeyError('quota-exceeded', 'This account has too many pins. Remove some first.')
      }
      // Distinct times let `before` page through everything.
      const createdMs = Math.max(this.#clock(), (seen?.last_ms ?? 0) + 1)
      await this.#db.run(
        `INSERT INTO pins VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', NULL, ?, ?, NULL, ?, 0)`,
        requestid,
        account,
        pin.cid,
        cid.multihash.bytes,
        pin.name ?? null,
        JSON.stringify(pin.origins ?? []),
        JSON.stringify(pin.meta ?? {}),
        createdMs,
        this.#clock() + relayLimits.pinWaitMs,
        replaces,
      )
    })
    return requestid
  }

  /** @throws CarekeyError `not-found` */
  async get(account: Account, requestid: string, delegates: readonly string[]): Promise<PinStatus> {
    const row = await this.#db.one<PinRow>(
      `SELECT ${pinColumns} FROM pins WHERE requestid = ? AND account = ? AND hidden = 0`,
      requestid,
      account,
    )
    if (!row) throw pinMissing()
    return toStatus(row, delegates)
  }

  async list(
    account: Account,
    filter: PinFilter,
    delegates: readonly string[],
  ): Promise<{ count: number; results: PinStatus[] }> {
    const { sql, values } = whereOf(account, filter)
    const count = await this.#db.one<{ count: number }>(
      `SELECT count(*) AS count FROM pins WHERE ${sql}`,
      ...values,
    )
    const rows = await this.#db.all<PinRow>(
      `SELECT ${pinColumns} FROM pins WHERE ${sql} ORDER BY created_ms DESC LIMIT ?`,
      ...values,
      filter.limit,
    )
    return { count: count?.count ?? 0, results: rows.map((row) => toStatus(row, delegates)) }
  }

  /** @throws CarekeyError `not-found` */
  async remove(account: Account, requestid: string): Promise<void> {
    await this.#db.transaction(async () => {
      const found = await this.#db.one(
        'SELECT 1 FROM pins WHERE requestid = ? AND account = ? AND hidden = 0',
        requestid,
        account,
      )
      if (!found) throw pinMissing()
      await this.#drop(account, requestid)
    })
  }

  async open(): Promise<OpenPin[]> {
    const rows = await this.#db.all<PinRow>(
      `SELECT ${pinColumns} FROM pins WHERE status IN ('queued', 'pinning') AND hidden = 0 ORDER BY created_ms`,
    )
    return rows.map(toOpen)
  }

  /** Those of an account that wait for one of these blocks. */
  async waitingFor(account: Account, multihashes: readonly Uint8Array[]): Promise<OpenPin[]> {
    const arrived = new Set(multihashes.map((multihash) => Buffer.from(multihash).toString('hex')))
    const rows = await this.#db.all<PinRow & { missing: Uint8Array | null }>(
      `SELECT ${pinColumns}, missing FROM pins WHERE account = ? AND status IN ('queued', 'pinning') AND hidden = 0`,
      account,
    )
    return rows
      .filter(({ missing }) => missing !== null && arrived.has(Buffer.from(missing).toString('hex')))
      .map(toOpen)
  }

  /** Still wanted, and begun. */
  async begin(requestid: string): Promise<boolean> {
    const begun = await this.#db.run(
      `UPDATE pins SET status = 'pinning' WHERE requestid = ? AND status IN ('queued', 'pinning') AND hidden = 0`,
      requestid,
    )
    return begun > 0
  }

  async wait(requestid: string, missing: Uint8Array): Promise<void> {
    await this.#db.run(
      `UPDATE pins SET status = 'queued', missing = ?, detail = 'Waiting for blocks to be uploaded.'
       WHERE requestid = ? AND status = 'pinning'`,
      missing,
      requestid,
    )
  }

  /** `pinned`, unless the pin was removed or a block was given up meanwhile: then false, and nothing has changed. */
  settle(pin: OpenPin, blocks: readonly PinnedBlock[]): Promise<boolean> {
    return this.#db.transaction(async () => {
      const row = await this.#db.one<{ replaces: string | null }>(
        `SELECT replaces FROM pins WHERE requestid = ? AND status = 'pinning' AND hidden = 0`,
        pin.requestid,
      )
      if (!row) return false
      const multihashes = blocks.map(({ cid }) => cid.multihash.bytes)
      for (const multihash of multihashes) {
        if (!(await this.#claims.holds(pin.account, multihash))) return false
      }
      await this.#claims.keep(pin.account, multihashes)
      for (const [ordinal, { cid, bytes }] of blocks.entries()) {
        await this.#db.run(
          'INSERT INTO pin_blocks VALUES (?, ?, ?, ?, ?)',
          pin.requestid,
          ordinal,
          cid.bytes,
          cid.multihash.bytes,
          bytes,
        )
      }
      await this.#db.run(
        `UPDATE pins SET status = 'pinned', missing = NULL, detail = NULL WHERE requestid = ?`,
        pin.requestid,
      )
      if (row.replaces !== null) await this.#drop(pin.account, row.replaces)
      return true
    })
  }

  async fail(requestid: string, detail: string): Promise<void> {
    await this.#db.transaction(async () => {
      const row = await this.#db.one<{ account: Account; replaces: string | null }>(
        `UPDATE pins SET status = 'failed', missing = NULL, detail = ?
         WHERE requestid = ? AND status IN ('queued', 'pinning') RETURNING account, replaces`,
        detail,
        requestid,
      )
      if (row?.replaces) await this.#drop(row.account, row.replaces)
    })
  }

  /** Fails what has waited too long. */
  async sweep(): Promise<void> {
    const overdue = await this.#db.all<{ requestid: string }>(
      `SELECT requestid FROM pins WHERE status IN ('queued', 'pinning') AND settle_by_ms <= ?`,
      this.#clock(),
    )
    for (const { requestid } of overdue) await this.fail(requestid, 'The blocks were not uploaded in time.')
  }

  /** The pinned blocks of a DAG in order, or null when the account has not pinned its root. */
  async blocksOf(account: Account, root: Uint8Array): Promise<PinnedBlock[] | null> {
    const pin = await this.#db.one<{ requestid: string }>(
      `SELECT requestid FROM pins WHERE account = ? AND root = ? AND status = 'pinned' LIMIT 1`,
      account,
      root,
    )
    if (!pin) return null
    const blocks = await this.#db.all<{ cid: Uint8Array; bytes: number }>(
      'SELECT cid, bytes FROM pin_blocks WHERE requestid = ? ORDER BY ordinal',
      pin.requestid,
    )
    return blocks.map(({ cid, bytes }) => ({ cid: CID.decode(cid), bytes }))
  }

  async isPinned(account: Account, root: Uint8Array): Promise<boolean> {
    const found = await this.#db.one(
      `SELECT 1 FROM pins WHERE account = ? AND root = ? AND status = 'pinned'`,
      account,
      root,
    )
    return found !== null
  }

  /** Whether a block lies under anything that the account has pinned. */
  async reaches(account: Account, multihash: Uint8Array): Promise<boolean> {
    const found = await this.#db.one(
      'SELECT 1 FROM pin_blocks JOIN pins USING (requestid) WHERE pin_blocks.multihash = ? AND pins.account = ?',
      multihash,
      account,
    )
    return found !== null
  }

  async #drop(account: Account, requestid: string): Promise<void> {
    const blocks = await this.#db.all<{ multihash: Uint8Array }>(
      'SELECT multihash FROM pin_blocks WHERE requestid = ?',
      requestid,
    )
    const before = await this.#db.one<{ replaces: string | null }>(
      'SELECT replaces FROM pins WHERE requestid = ?',
      requestid,
    )
    await this.#db.run('DELETE FROM pin_blocks WHERE requestid = ?', requestid)
    await this.#db.run('DELETE FROM pins WHERE requestid = ? AND account = ?', requestid, account)
    await this.#claims.release(
      account,
      blocks.map(({ multihash }) => multihash),
      false,
    )
    // A replacement that was itself removed before it settled: what it stood for goes with it.
    if (before?.replaces) await this.#drop(account, before.replaces)
  }
}

const pinMissing = () => new CarekeyError('not-found', 'There is no such pin.')

const toOpen = (row: PinRow): OpenPin => ({
  requestid: row.requestid,
  account: row.account,
  cid: parseCid(row.cid),
  settleByMs: row.settle_by_ms,
})
