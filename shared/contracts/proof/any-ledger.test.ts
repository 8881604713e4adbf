import { afterAll, beforeAll, expect, it } from 'vitest'
import { submit } from '../submit.ts'
import { nameTestSupporters } from '../test-attestations.ts'
import { registerTestMedic } from '../test-emergency.ts'
import { startTestLedger, type TestLedger } from '../test-ledger.ts'
import { type Round, signRound } from './acts.ts'

const minutes = 60_000

let world: TestLedger
let round: Round

beforeAll(async () => {
  world = await startTestLedger()
  const [supporter] = await nameTestSupporters(world, ['one', 'two', 'three'])
  if (!supporter) throw new Error('Three were named.')
  round = await signRound(world, supporter, await registerTestMedic(world))
}, 10 * minutes)

afterAll(() => world?.stop())

it(
  'carries every act on this chain, each once, and every answer follows from them',
  async () => {
    for (const { name, call } of round.acts) {
      const receipt = await submit(world.wallet, call)
      expect(receipt.status, name).toBe('success')
    }
    for (const { name, call, holds } of round.readings) {
      const { data } = await world.ledger.client.call(call)
      expect(data !== undefined && holds(data), name).toBe(true)
    }
    for (const { name, call } of round.acts) {
      await expect(submit(world.wallet, call), name).rejects.toThrow()
    }
  },
  10 * minutes,
)
