import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { relayLimits } from '../limits.ts'
import { accounts, dagAt, dags, PinningModel } from '../testing/pinning-model.ts'
import { PinningWorld } from '../testing/pinning-world.ts'
import type { Draw } from '../testing/simulated-disk.ts'

// Threats, R4: pins and the collector against what was promised, at once, in any order, with the power lost anywhere.

/** `CAREKEY_PIN_SEQUENCES=100000` for the whole campaign; `CAREKEY_SEED` repeats its sequences. */
const sequences = Number(process.env.CAREKEY_PIN_SEQUENCES ?? 250)
const seed = Number(process.env.CAREKEY_SEED ?? 1)

const account = fc.constantFrom(...accounts)
const dag = fc.nat(dags.length - 1)
/** Which of the account's pins, counted from the oldest. */
const which = fc.nat(7)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('pin'), account, dag }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('replace'), account, dag, which }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('remove'), account, which }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('collect') }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('sweep') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('pass'),
      ms: fc.constantFrom(60_000, relayLimits.unpinnedTtlMs + 1, relayLimits.collectorGraceMs + 1),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
/** What happens at once, and after how many calls to disk and database the power is lost meanwhile. */
const moment = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  powerLostAfter: fc.option(fc.nat(120), { freq: 4 }),
  restarts: fc.boolean(),
})
const sequence = fc.record({
  moments: fc.array(moment, { minLength: 1, maxLength: 8 }),
  quotaBytes: fc.constantFrom(4_000, 1_000_000),
  chance: fc.nat(),
})

type Sequence = typeof sequence extends fc.Arbitrary<infer T> ? T : never

/** What a cut leaves, from one number, so that a failure repeats. */
function drawFrom(start: number): Draw {
  let state = start
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % below
  }
}

async function act(model: PinningModel, step: Step): Promise<void> {
  const { world } = model
  if ('ms' in step) return world.passMs(step.ms)
  if (!('account' in step)) {
    const chore = step.act === 'collect' ? world.collect() : world.sweep()
    await chore.catch((error: unknown) => {
      if (!world.isDead) throw error
    })
    return
  }
  if (!('which' in step)) return model.pin(step.account, dagAt(step.dag))
  const mine = (await model.rows()).filter((row) => row.account === step.account && row.hidden === 0)
  const target = mine[step.which % Math.max(mine.length, 1)]
  if (!target) return
  if ('dag' in step) await model.pin(step.account, dagAt(step.dag), target.requestid)
  else await model.remove(step.account, target.requestid)
}

async function play({ moments, quotaBytes, chance }: Sequence): Promise<void> {
  const draw = drawFrom(chance)
  const world = new PinningWorld()
  world.disk.turns = () => 1 + draw(draw(8) === 0 ? 200 : 4)
  const model = new PinningModel(world, quotaBytes)
  await world.begin()
  for (const { steps, powerLostAfter, restarts } of moments) {
    if (powerLostAfter !== null) world.light(powerLostAfter)
    await Promise.all(steps.map((one) => act(model, one)))
    if (powerLostAfter !== null) await world.cut(draw)
    else if (restarts) await world.restart()
    await model.check()
  }
  await model.settle(draw, {
    unpinned: relayLimits.unpinnedTtlMs + 1,
    grace: relayLimits.collectorGraceMs + 1,
  })
  await world.end()
}

it(
  'keeps every acknowledged pin whole, counts quotas right, and leaves no block that nothing keeps',
  async () => {
    const result = await fc.check(fc.asyncProperty(sequence, play), { numRuns: sequences, seed })
    expect({ counterexample: result.counterexample, error: result.errorInstance }).toEqual({
      counterexample: null,
      error: null,
    })
    expect(result.numRuns).toBe(sequences)
  },
  60_000 + sequences * 200,
)
