import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { relayLimits } from '../limits.ts'
import { accounts, type Dag, dagAt } from '../testing/pinning-model.ts'
import { PinningWorld } from '../testing/pinning-world.ts'

// Threats, R5: three sequences by which a stock pin store with its collector lost pinned blocks.

/** `CAREKEY_PIN_REGRESSIONS=1000` for the whole campaign. */
const times = Number(process.env.CAREKEY_PIN_REGRESSIONS ?? 20)
const [account] = accounts
/** They share a leaf. */
const [one, other] = [dagAt(1), dagAt(2)]
const quotaBytes = 1_000_000

let world: PinningWorld
beforeEach(async () => {
  world = new PinningWorld()
  await world.begin()
})
afterEach(() => world.end())

async function pin(dag: Dag): Promise<string> {
  await world.upload(account, dag.car, quotaBytes)
  const requestid = await world.pin(account, dag.root)
  expect(await world.statusOf(account, requestid)).toBe('pinned')
  return requestid
}
const remove = (requestid: string) => world.life.pins.remove(account, requestid)

async function collectLater(): Promise<void> {
  world.passMs(relayLimits.unpinnedTtlMs + 1)
  await world.sweep()
  world.passMs(relayLimits.collectorGraceMs + 1)
  await world.collect()
}

async function expectWhole({ blocks }: Dag): Promise<void> {
  for (const { cid, bytes } of blocks)
    expect(Buffer.from(await world.life.store.get(cid.multihash.bytes)).equals(bytes)).toBe(true)
}

describe(`a block under two pins, ${times} times`, () => {
  it('stays when one is removed, made again, and the other removed', async () => {
    for (let time = 0; time < times; time += 1) {
      const first = await pin(one)
      const second = await pin(other)
      await remove(first)
      const again = await pin(one)
      await remove(second)
      await collectLater()
      await expectWhole(one)
      expect(world.disk.files(world.dir).size).toBe(one.blocks.length)
      await remove(again)
    }
  }, 60_000)

  it('stays when both were made at once and one is removed', async () => {
    for (let time = 0; time < times; time += 1) {
      const [first, second] = await Promise.all([pin(one), pin(other)])
      await remove(first)
      await collectLater()
      await expectWhole(other)
      await remove(second)
    }
  }, 60_000)

  it('is not collected while a pin of it is being made', async () => {
    for (let time = 0; time < times; time += 1) {
      // It lies there, old and unwanted, when it comes again.
      await remove(await pin(one))
      world.passMs(relayLimits.collectorGraceMs + 1)
      const [requestid] = await Promise.all([pin(one), world.collect(), world.sweep(), world.collect()])
      await expectWhole(one)
      await collectLater()
      await expectWhole(one)
      await remove(requestid)
    }
  }, 60_000)
})
