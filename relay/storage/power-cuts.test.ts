import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { carOf, nodeOver, rawBlock } from '../testing/car.ts'
import { accounts, type Dag } from '../testing/pinning-model.ts'
import { PinningWorld, PowerLost } from '../testing/pinning-world.ts'
import { type Draw, type Failure, SimulatedDisk } from '../testing/simulated-disk.ts'
import { BlockLost } from './block-store.ts'

// Threats, R2 and R6: power that is lost and disks that are full, under the rooms that keep pins.

/** `CAREKEY_POWER_CUTS=500` and `CAREKEY_DISK_FAULTS=500` for the whole campaign; `CAREKEY_SEED` repeats its cuts. */
const cuts = Number(process.env.CAREKEY_POWER_CUTS ?? 5)
const faults = Number(process.env.CAREKEY_DISK_FAULTS ?? 30)
const seed = process.env.CAREKEY_SEED ?? '1'
const quotaBytes = 1_000_000_000
const [account] = accounts

function drawNamed(name: string): Draw {
  let count = 0
  return (below) => {
    count += 1
    return createHash('sha256').update(`${seed} ${name} ${count}`).digest().readUInt32BE(0) % below
  }
}

async function newDag(name: string, leaves: number): Promise<Dag> {
  const children = Array.from({ length: leaves }, (_, index) => {
    const digest = createHash('sha256').update(`${seed} ${name} ${index}`).digest()
    return rawBlock(Buffer.alloc(500 + index * 100, digest))
  })
  const root = nodeOver(children)
  const blocks = [root, ...children]
  return { root: root.cid, car: (await carOf(root.cid, blocks)).bytes, blocks }
}

/** True once it is acknowledged as pinned. */
async function pin(world: PinningWorld, dag: Dag): Promise<boolean> {
  await world.upload(account, dag.car, quotaBytes)
  return (await world.statusOf(account, await world.pin(account, dag.root))) === 'pinned'
}

/** How many blocks of it are gone, and how many torn; throws where one is given out that is not whole. */
async function losses(world: PinningWorld, { blocks }: Dag): Promise<{ gone: number; torn: number }> {
  const found = { gone: 0, torn: 0 }
  for (const { cid, bytes } of blocks) {
    try {
      const read = await world.life.store.get(cid.multihash.bytes)
      if (!Buffer.from(read).equals(bytes)) throw new Error('A torn block was given out.')
    } catch (error) {
      if (!(error instanceof BlockLost)) throw error
      if (error.damaged) found.torn += 1
      else found.gone += 1
    }
  }
  return found
}
const none = { gone: 0, torn: 0 }

/** Pins four DAGs at once while the power is lost, cuts times; what was acknowledged, and what was not. */
async function cutWhilePinning(world: PinningWorld, name: string, seen: (round: Round) => Promise<void>) {
  const draw = drawNamed(name)
  world.disk.turns = () => 1 + draw(20)
  await world.begin()
  for (let cut = 0; cut < cuts; cut += 1) {
    const dags = await Promise.all([0, 1, 2, 3].map((index) => newDag(`${name} ${cut} ${index}`, 3)))
    world.light(10 + draw(200))
    const round: Round = { acknowledged: [], others: [] }
    await Promise.all(
      dags.map(async (dag) => {
        const isPinned = await pin(world, dag).catch((error: unknown) => {
          if (error instanceof PowerLost) return false
          throw error
        })
        round[isPinned ? 'acknowledged' : 'others'].push(dag)
      }),
    )
    await world.cut(draw)
    await seen(round)
  }
  await world.end()
}
interface Round {
  acknowledged: Dag[]
  others: Dag[]
}

it(
  'keeps every block that was acknowledged before the power was lost',
  async () => {
    const world = new PinningWorld()
    const acknowledged: Dag[] = []
    let gone = 0
    await cutWhilePinning(world, 'honest', async (round) => {
      acknowledged.push(...round.acknowledged)
      for (const dag of acknowledged) expect(await losses(world, dag)).toEqual(none)
      for (const dag of round.others) {
        gone += (await losses(world, dag)).gone
        expect(await pin(world, dag)).toBe(true)
        expect(await losses(world, dag)).toEqual(none)
      }
      acknowledged.push(...round.others)
    })
    expect(acknowledged).toHaveLength(cuts * 4)
    expect(gone).toBeGreaterThan(0)
  },
  60_000 + cuts * 1_000,
)

it(
  'finds every block that a lying disk tore, gives none of them out, and takes it again',
  async () => {
    const world = new PinningWorld(new SimulatedDisk({ syncs: 'folders' }))
    let torn = 0
    await cutWhilePinning(world, 'lying', async ({ acknowledged, others }) => {
      for (const dag of [...acknowledged, ...others]) {
        torn += (await losses(world, dag)).torn
        expect(await pin(world, dag)).toBe(true)
        expect(await losses(world, dag)).toEqual(none)
      }
    })
    expect(torn).toBeGreaterThan(0)
  },
  60_000 + cuts * 1_000,
)

it.each<{ code: Failure; lasts: boolean }>([
  { code: 'ENOSPC', lasts: true },
  { code: 'EDQUOT', lasts: true },
  { code: 'EIO', lasts: false },
])(
  'acknowledges nothing that is not on the disk where a write fails with $code, reads on, and goes on afterwards',
  async ({ code, lasts }) => {
    const draw = drawNamed(code)
    let refused = 0
    for (let nth = 1; nth <= faults; nth += 1) {
      const world = new PinningWorld()
      await world.begin()
      const [before, after] = await Promise.all([newDag('before', 2), newDag('after', Math.ceil(faults / 5))])
      expect(await pin(world, before)).toBe(true)
      const whole = world.disk.beforeCall
      let left = nth
      world.disk.beforeCall = (call) => {
        whole(call)
        // Removing works on a full disk.
        if (call === 'rm' && lasts) return
        left -= 1
        if (left === 0 || (lasts && left < 0)) throw Object.assign(new Error(code), { code })
      }
      const isPinned = await pin(world, after).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === code) return false
        throw error
      })
      if (!isPinned) refused += 1
      expect(await losses(world, before)).toEqual(none)
      world.disk.beforeCall = whole
      if (!isPinned) expect(await pin(world, after)).toBe(true)
      await world.cut(draw)
      expect([await losses(world, before), await losses(world, after)]).toEqual([none, none])
      await world.end()
    }
    expect(refused).toBe(faults)
  },
  60_000 + faults * 1_000,
)

it('acknowledges nothing while the database is full, and goes on when there is space again', async () => {
  const world = new PinningWorld()
  await world.begin()
  const page = await world.db.one<{ page_count: number }>('PRAGMA page_count')
  await world.db.all(`PRAGMA max_page_count = ${(page?.page_count ?? 0) + 2}`)
  const acknowledged: Dag[] = []
  const refused: Dag[] = []
  for (let index = 0; refused.length < 5; index += 1) {
    const dag = await newDag(`full ${index}`, 8)
    const isPinned = await pin(world, dag).catch((error: unknown) => {
      if (error instanceof Error && /full/.test(error.message)) return false
      throw error
    })
    if (isPinned) acknowledged.push(dag)
    else refused.push(dag)
  }
  await world.db.all('PRAGMA max_page_count = 1000000')
  for (const dag of refused) expect(await pin(world, dag)).toBe(true)
  await world.cut(drawNamed('database'))
  for (const dag of [...acknowledged, ...refused]) expect(await losses(world, dag)).toEqual(none)
  await world.end()
})
