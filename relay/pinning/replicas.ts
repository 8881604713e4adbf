import { CID } from 'multiformats/cid'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { BlockStore } from '../storage/block-store.ts'
import type { Block } from '../storage/dag.ts'
import type { Database } from '../storage/database.ts'
import type { Upstream } from './upstream.ts'

interface ReplicaRow {
  root: Uint8Array
  cid: string
  requestid: string | null
  status: 'waiting' | 'asked' | 'pinned' | 'leaving'
  tries: number
}

export interface ReplicaParts {
  db: Database
  store: BlockStore
  clock: Clock
  log: Log
  upstream: Upstream
}

/**
 * What is pinned here is pinned at another service too, once for each root whoever pinned it: that service learns no account. What nobody pins
 * here any more is removed there. The queue is in the database; what fails is tried again later and later.
 */
export class Replicas {
  readonly #parts: ReplicaParts

  constructor(parts: ReplicaParts) {
    this.#parts = parts
  }

  /** One round. Of several relays over one database one does it. */
  async replicate(): Promise<void> {
    await this.#parts.db.alone('replicas', async () => {
      await this.#note()
      for (const row of await this.#due()) {
        if (!(await this.#try(row))) return
      }
    })
  }

  async #note(): Promise<void> {
    const { db, clock } = this.#parts
    await db.transaction(async () => {
      await db.run(
        `INSERT INTO replicas SELECT root, min(cid), NULL, 'waiting', 0, ? FROM pins
         WHERE status = 'pinned' AND NOT EXISTS (SELECT 1 FROM replicas WHERE replicas.root = pins.root) GROUP BY root`,
        clock(),
      )
      await db.run(
        `UPDATE replicas SET status = 'leaving', tries = 0, next_ms = ? WHERE status <> 'leaving'
           AND NOT EXISTS (SELECT 1 FROM pins WHERE pins.root = replicas.root AND pins.status = 'pinned')`,
        clock(),
      )
    })
  }

  #due(): Promise<ReplicaRow[]> {
    const { db, clock } = this.#parts
    return db.all<ReplicaRow>(
      'SELECT root, cid, requestid, status, tries FROM replicas WHERE next_ms <= ? ORDER BY next_ms LIMIT ?',
      clock(),
      relayLimits.replicasAtOnce,
    )
  }

  /** False when the service cannot be reached at all: then the round is over. */
  async #try(row: ReplicaRow): Promise<boolean> {
    try {
      await this.#step(row)
      return true
    } catch (error) {
      const { db, clock, log } = this.#parts
      const waitMs = Math.min(
        relayLimits.housekeepingMs * 2 ** Math.min(row.tries, 20),
        relayLimits.replicaWaitMaxMs,
      )
      await db.run(
        'UPDATE replicas SET tries = tries + 1, next_ms = ? WHERE root = ?',
        clock() + waitMs,
        row.root,
      )
      log.error('a pin was not replicated', error)
      return !(error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError'))
    }
  }

  async #step(row: ReplicaRow): Promise<void> {
    const { db, upstream } = this.#parts
    if (row.status === 'leaving') {
      if (row.requestid !== null) await upstream.remove(row.requestid)
      await db.run(`DELETE FROM replicas WHERE root = ? AND status = 'leaving'`, row.root)
      return
    }
    const cid = CID.parse(row.cid).toV1()
    const found = row.requestid === null ? await this.#ask(cid, row.root) : await upstream.get(row.requestid)
    if (found === null) return this.#set(row, null, 'waiting', 0)
    if (found.status === 'failed') {
      await upstream.remove(found.requestid)
      await db.run(`UPDATE replicas SET requestid = NULL, status = 'waiting' WHERE root = ?`, row.root)
      throw new Error('The upstream pinning service failed to pin.')
    }
    const isPinned = found.status === 'pinned'
    await this.#set(
      row,
      found.requestid,
      isPinned ? 'pinned' : 'asked',
      isPinned ? relayLimits.replicaCheckMs : relayLimits.housekeepingMs,
    )
  }

  async #ask(cid: CID, root: Uint8Array) {
    const { upstream } = this.#parts
    const known = await upstream.find(cid)
    if (known) return known
    await this.#bring(cid, root)
    return upstream.add(cid)
  }

  /** In CARs of a bounded size. */
  async #bring(cid: CID, root: Uint8Array): Promise<void> {
    const { db, store, upstream } = this.#parts
    const blocks = await db.all<{ cid: Uint8Array; bytes: number }>(
      `SELECT cid, bytes FROM pin_blocks WHERE requestid =
         (SELECT requestid FROM pins WHERE root = ? AND status = 'pinned' LIMIT 1) ORDER BY ordinal`,
      root,
    )
    async function* read(some: readonly CID[]): AsyncGenerator<Block> {
      for (const one of some) yield { cid: one, bytes: await store.get(one.multihash.bytes) }
    }
    let some: CID[] = []
    let length = 0
    for (const [index, block] of blocks.entries()) {
      some.push(CID.decode(block.cid))
      length += block.bytes
      if (length < relayLimits.replicaCarBytes && index < blocks.length - 1) continue
      if (!(await upstream.bring(cid, read(some)))) return
      some = []
      length = 0
    }
  }

  async #set(
    { root }: ReplicaRow,
    requestid: string | null,
    status: ReplicaRow['status'],
    waitMs: number,
  ): Promise<void> {
    const { db, clock } = this.#parts
    await db.run(
      `UPDATE replicas SET requestid = ?, status = ?, tries = 0, next_ms = ? WHERE root = ? AND status <> 'leaving'`,
      requestid,
      status,
      clock() + waitMs,
      root,
    )
  }
}
