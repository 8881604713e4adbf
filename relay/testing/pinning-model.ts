import { createHash } from 'node:crypto'
import type { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Account } from '../identity/tokens.ts'
import type { Block } from '../storage/dag.ts'
import { carOf, nodeOver, rawBlock } from './car.ts'
import { type PinningWorld, PowerLost } from './pinning-world.ts'
import type { Draw } from './simulated-disk.ts'

export interface Dag {
  root: CID
  car: Uint8Array
  blocks: readonly Block[]
}

export const accounts = ['0x01', '0x02'] as const satisfies readonly Account[]

const filled = (name: string, length: number): Block => {
  const digest = createHash('sha256').update(name).digest()
  return rawBlock(Buffer.alloc(length, digest))
}

async function dagOver(children: readonly Block[], under: readonly Block[] = []): Promise<Dag> {
  const root = nodeOver(children)
  const blocks = [root, ...children, ...under]
  return { root: root.cid, car: (await carOf(root.cid, blocks)).bytes, blocks }
}

/** Six DAGs that share leaves and a subtree. */
async function fewDags(): Promise<readonly Dag[]> {
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name, index) => filled(name, 300 * (index + 1)))
  if (!a || !b || !c || !d || !e) throw new Error('five leaves')
  const inner = nodeOver([c, d])
  return Promise.all([
    dagOver([a]),
    dagOver([a, b]),
    dagOver([b, c]),
    dagOver([inner, a], [c, d]),
    dagOver([inner, e], [c, d]),
    dagOver([e]),
  ])
}
export const dags = await fewDags()
export function dagAt(index: number): Dag {
  const dag = dags[index]
  if (!dag) throw new Error(`There is no DAG of number ${index}.`)
  return dag
}
const dagOf = (cid: string): Dag => {
  const found = dags.find(({ root }) => root.toString() === cid)
  if (!found) throw new Error('an unknown CID')
  return found
}

export const hexOf = ({ cid }: Block): string => Buffer.from(cid.multihash.bytes).toString('hex')
const bytesOf = (blocks: Iterable<Block>): number =>
  [...new Map([...blocks].map((block) => [hexOf(block), block.bytes.byteLength])).values()].reduce(
    (sum, length) => sum + length,
    0,
  )

export interface LedgerRow {
  requestid: string
  account: Account
  cid: string
  status: string
  hidden: number
  replaces: string | null
}

/** What was promised: pins acknowledged and not given up since. Beside it the rooms, which have to keep it. */
export class PinningModel {
  readonly world: PinningWorld
  readonly #quotaBytes: number
  /** Acknowledged as pinned, by request id. */
  readonly #promised = new Map<string, { account: Account; dag: Dag }>()
  /** Removal or replacement was asked for; what became of that may be unknown. */
  readonly #givenUp = new Set<string>()

  constructor(world: PinningWorld, quotaBytes: number) {
    this.world = world
    this.#quotaBytes = quotaBytes
  }

  get promises(): number {
    return this.#promised.size
  }

  /** Uploads and pins, in place of another if given. What the process does not live to answer was not promised. */
  async pin(account: Account, dag: Dag, replaces: string | null = null): Promise<void> {
    const { world } = this
    try {
      await world.upload(account, dag.car, this.#quotaBytes)
    } catch (error) {
      if (error instanceof PowerLost) return
      if (error instanceof CarekeyError && error.reason === 'quota-exceeded') return
      throw error
    }
    // Another may have given it up meanwhile: then there is nothing to replace.
    const wasGivenUp = replaces !== null && this.#givenUp.has(replaces)
    if (replaces !== null) this.#givenUp.add(replaces)
    await this.#unlessLost(wasGivenUp, async () => {
      const requestid = await world.pin(account, dag.root, replaces)
      if (this.#givenUp.has(requestid)) return
      if ((await world.statusOf(account, requestid)) === 'pinned')
        this.#promised.set(requestid, { account, dag })
    })
  }

  async remove(account: Account, requestid: string): Promise<void> {
    const wasGivenUp = this.#givenUp.has(requestid)
    this.#givenUp.add(requestid)
    await this.#unlessLost(wasGivenUp, () => this.world.life.pins.remove(account, requestid))
  }

  async #unlessLost(mayBeGone: boolean, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (error instanceof PowerLost) return
      if (mayBeGone && error instanceof CarekeyError && error.reason === 'not-found') return
      throw error
    }
  }

  rows(): Promise<LedgerRow[]> {
    return this.world.db.all<LedgerRow>(
      'SELECT requestid, account, cid, status, hidden, replaces FROM pins ORDER BY created_ms, requestid',
    )
  }

  /** Throws where a promise is broken, a pin's block is missing or wrong, or a quota is not what its blocks come to. */
  async check(): Promise<void> {
    const rows = await this.rows()
    for (const [requestid, { account, dag }] of this.#promised) {
      if (this.#givenUp.has(requestid)) continue
      const row = rows.find((one) => one.requestid === requestid)
      if (row?.status !== 'pinned' || row.account !== account || row.hidden !== 0 || dagOf(row.cid) !== dag)
        throw new Error('A pin that was acknowledged is not in the ledger.')
    }
    for (const row of rows) if (row.status === 'pinned') await this.#requireWhole(dagOf(row.cid))
    // At one moment: walks that a restart took up may settle meanwhile.
    await this.world.db.transaction(async () => {
      const now = await this.rows()
      for (const account of accounts) await this.#checkQuota(account, now)
    })
  }

  /** Lets all times pass; then exactly what pins keep is there, and nothing else. */
  async settle(draw: Draw, passMs: { unpinned: number; grace: number }): Promise<void> {
    const { world } = this
    await world.cut(draw)
    world.passMs(passMs.unpinned)
    await world.sweep()
    world.passMs(passMs.grace)
    await world.sweep()
    await world.collect()
    await this.check()
    const rows = await this.rows()
    if (rows.some(({ status, hidden }) => hidden !== 0 || (status !== 'pinned' && status !== 'failed')))
      throw new Error('A pin is open for ever.')
    const kept = new Set(rows.filter(isPinned).flatMap(({ cid }) => dagOf(cid).blocks.map(hexOf)))
    requireSame(new Set(world.disk.files(world.dir).keys()), kept, 'on the disk')
    const listed = await world.db.all<{ multihash: Uint8Array }>('SELECT multihash FROM blocks')
    requireSame(
      new Set(listed.map(({ multihash }) => Buffer.from(multihash).toString('hex'))),
      kept,
      'in the list',
    )
    for (const account of accounts) {
      const mine = rows.filter((row) => isPinned(row) && row.account === account)
      const expected = bytesOf(mine.flatMap(({ cid }) => dagOf(cid).blocks))
      const used = await world.life.claims.usedBytes(account)
      if (used !== expected) throw new Error(`An account is said to use ${used} bytes, not ${expected}.`)
    }
  }

  async #requireWhole({ blocks }: Dag): Promise<void> {
    for (const block of blocks) {
      const bytes = await this.world.life.store.get(block.cid.multihash.bytes)
      if (!Buffer.from(bytes).equals(block.bytes)) throw new Error('A pinned block has other bytes.')
    }
  }

  async #checkQuota(account: Account, rows: readonly LedgerRow[]): Promise<void> {
    const { db, life } = this.world
    const used = await life.claims.usedBytes(account)
    const sum = await db.one<{ bytes: number }>(
      'SELECT coalesce(sum(bytes), 0) AS bytes FROM claims WHERE account = ?',
      account,
    )
    if (used !== sum?.bytes) throw new Error(`An account is said to use ${used} bytes, not ${sum?.bytes}.`)
    if (used > this.#quotaBytes) throw new Error('An account is over its quota.')
    const pinned = rows.filter((row) => isPinned(row) && row.account === account)
    if (used < bytesOf(pinned.flatMap(({ cid }) => dagOf(cid).blocks)))
      throw new Error('A pin keeps blocks that no quota counts.')
  }
}

const isPinned = ({ status }: LedgerRow): boolean => status === 'pinned'

function requireSame(found: ReadonlySet<string>, expected: ReadonlySet<string>, where: string): void {
  const lost = [...expected].filter((name) => !found.has(name)).length
  const left = [...found].filter((name) => !expected.has(name)).length
  if (lost + left > 0)
    throw new Error(`${lost} kept blocks are not ${where}, ${left} are there that nothing keeps.`)
}
