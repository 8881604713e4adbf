import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { cidSchema, type OrganizationId, type Pseudonym } from '../../shared/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import { BlockLost } from '../storage/block-store.ts'
import { readCar } from '../storage/car.ts'
import { DagRefused, walkDag } from '../storage/dag.ts'
import type { Held } from './claims.ts'
import { type Intake, receiveBlocks } from './intake.ts'
import type { PinnedBlock } from './pins.ts'

export interface Staged {
  id: string
  cid: string
  bytes: number
  expiresAt: number
}

/** Sealed deposits on their way from an organization to one pseudonym; they go by themselves unless taken. */
export class Staging {
  readonly #intake: Intake
  readonly #clock: Clock

  constructor(intake: Intake, clock: Clock) {
    this.#intake = intake
    this.#clock = clock
  }

  /** @throws CarekeyError `params-invalid`, `record-damaged`, `record-hash-wrong`, `quota-exceeded`, … */
  async receive(
    source: AsyncIterable<Uint8Array>,
    parties: { taker: Pseudonym; uploader: Account; organization: OrganizationId },
  ): Promise<Staged> {
    const { db } = this.#intake
    const id = randomBytes(16).toString('hex')
    const expiresMs = this.#clock() + relayLimits.stagingTtlMs
    const { roots, blocks } = await readCar(source)
    const [root] = roots
    if (!root || roots.length !== 1)
      throw new CarekeyError('params-invalid', 'A staged CAR has exactly one root.')
    const cid = cidSchema.parse(root.toV1().toString())
    await db.run(
      'INSERT INTO staging VALUES (?, ?, ?, ?, ?, 0, 0, ?)',
      id,
      cid,
      parties.taker,
      parties.uploader,
      parties.organization,
      expiresMs,
    )
    try {
      let ordinal = 0
      await receiveBlocks(this.#intake, blocks, (batch) =>
        db.transaction(async () => {
          for (const block of batch) {
            await this.#reserve(id, ordinal, block)
            ordinal += 1
          }
          await this.#checkSpace(parties.taker, parties.organization)
        }),
      )
      const ordered = await this.#walk(root, id)
      return await this.#finish(id, cid, ordered, expiresMs)
    } catch (error) {
      await this.#drop(id)
      throw error
    }
  }

  /** What is staged under this CID for the account, or by it. */
  async find(account: Account, cid: string): Promise<{ root: CID; blocks: PinnedBlock[] } | null> {
    const row = await this.#intake.db.one<{ id: string; cid: string }>(
      `SELECT id, cid FROM staging WHERE cid = ? AND (taker = ? OR uploader = ?) AND ready = 1 AND expires_ms > ?
       ORDER BY expires_ms DESC LIMIT 1`,
      cid,
      account,
      account,
      this.#clock(),
    )
    if (!row) return null
    const blocks = await this.#intake.db.all<{ cid: Uint8Array; bytes: number }>(
      'SELECT cid, bytes FROM staging_blocks WHERE staging_id = ? ORDER BY ordinal',
      row.id,
    )
    return {
      root: CID.parse(row.cid),
      blocks: blocks.map(({ cid: bytesOfCid, bytes }) => ({ cid: CID.decode(bytesOfCid), bytes })),
    }
  }

  /** Removes what is staged under this CID for or by the account; false when there is nothing. */
  async remove(account: Account, cid: string): Promise<boolean> {
    const rows = await this.#intake.db.all<{ id: string }>(
      'SELECT id FROM staging WHERE cid = ? AND (taker = ? OR uploader = ?) AND ready = 1',
      cid,
      account,
      account,
    )
    for (const { id } of rows) await this.#drop(id)
    return rows.length > 0
  }

  /** What was not received in the time that a request may take was never acknowledged: whoever received it has ended. */
  async sweep(): Promise<void> {
    const nowMs = this.#clock()
    const rows = await this.#intake.db.all<{ id: string }>(
      'SELECT id FROM staging WHERE (ready = 1 AND expires_ms <= ?) OR (ready = 0 AND expires_ms <= ?) LIMIT 1000',
      nowMs,
      nowMs + relayLimits.stagingTtlMs - relayLimits.requestTimeoutMs,
    )
    for (const { id } of rows) await this.#drop(id)
  }

  async #reserve(id: string, ordinal: number, block: Held & { cid: Uint8Array }): Promise<void> {
    const { db } = this.#intake
    await db.run(
      'INSERT INTO blocks VALUES (?, ?, 0, ?) ON CONFLICT (multihash) DO UPDATE SET touched_ms = excluded.touched_ms',
      block.multihash,
      block.bytes,
      this.#clock(),
    )
    await db.run(
      'INSERT INTO staging_blocks VALUES (?, ?, ?, ?, ?)',
      id,
      ordinal,
      block.cid,
      block.multihash,
      block.bytes,
    )
    await db.run('UPDATE staging SET bytes = bytes + ? WHERE id = ?', block.bytes, id)
  }

  async #checkSpace(taker: Pseudonym, organization: OrganizationId): Promise<void> {
    const { db } = this.#intake
    const forTaker = await db.one<{ count: number; bytes: number | null }>(
      'SELECT count(*) AS count, sum(bytes) AS bytes FROM staging WHERE taker = ?',
      taker,
    )
    const byOrganization = await db.one<{ bytes: number | null }>(
      'SELECT sum(bytes) AS bytes FROM staging WHERE organization = ?',
      organization,
    )
    if (
      (forTaker?.count ?? 0) > relayLimits.stagedPerPatient ||
      (forTaker?.bytes ?? 0) > relayLimits.stagedBytesPerPatient ||
      (byOrganization?.bytes ?? 0) > relayLimits.stagedBytesPerOrganization
    ) {
      throw new CarekeyError(
        'quota-exceeded',
        'Too much waits to be taken. Try again when some of it has been.',
      )
    }
  }

  async #walk(root: CID, id: string): Promise<PinnedBlock[]> {
    const received = await this.#intake.db.all<{ multihash: Uint8Array }>(
      'SELECT multihash FROM staging_blocks WHERE staging_id = ?',
      id,
    )
    const mine = new Set(received.map(({ multihash }) => Buffer.from(multihash).toString('hex')))
    const blocks: PinnedBlock[] = []
    try {
      const read = (cid: CID): Promise<Uint8Array> => {
        const { bytes } = cid.multihash
        // Only what came in this CAR: nobody stages another's ciphertext by its CID.
        if (!mine.has(Buffer.from(bytes).toString('hex'))) throw new BlockLost(bytes, false)
        return this.#intake.store.get(bytes)
      }
      for await (const { cid, bytes } of walkDag(root, read)) blocks.push({ cid, bytes: bytes.byteLength })
    } catch (error) {
      if (error instanceof DagRefused)
        throw new CarekeyError('record-damaged', error.message, { cause: error })
      if (error instanceof BlockLost) {
        throw new CarekeyError('record-damaged', 'The CAR lacks blocks of its root.', { cause: error })
      }
      throw error
    }
    return blocks
  }

  /** Keeps what lies under the root, in order; whatever else the CAR held is let go. */
  async #finish(id: string, cid: string, blocks: readonly PinnedBlock[], expiresMs: number): Promise<Staged> {
    const { db } = this.#intake
    const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0)
    await db.transaction(async () => {
      await db.run('DELETE FROM staging_blocks WHERE staging_id = ?', id)
      for (const [ordinal, block] of blocks.entries()) {
        await db.run(
          'INSERT INTO staging_blocks VALUES (?, ?, ?, ?, ?)',
          id,
          ordinal,
          block.cid.bytes,
          block.cid.multihash.bytes,
          block.bytes,
        )
      }
      await db.run('UPDATE staging SET ready = 1, bytes = ? WHERE id = ?', bytes, id)
    })
    return { id, cid, bytes, expiresAt: Math.floor(expiresMs / 1_000) }
  }

  async #drop(id: string): Promise<void> {
    const { db } = this.#intake
    await db.transaction(async () => {
      await db.run('DELETE FROM staging_blocks WHERE staging_id = ?', id)
      await db.run('DELETE FROM staging WHERE id = ?', id)
    })
  }
}
