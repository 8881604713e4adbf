import { expect, it } from 'vitest'
import { measureGas } from './gas.ts'

/** Measured, plus what the zero bytes of a signature move it. A change that costs more is seen here. */
const ceilings = {
  grant: 60_100,
  logAccess: 62_000,
  revoke: 34_250,
  revokeUnsubmitted: 51_400,
  anchor: 63_550,
  anchorNextVersion: 66_200,
}

it('costs no more gas than written down', async () => {
  const gas = await measureGas()
  for (const [act, ceiling] of Object.entries(ceilings)) {
    expect(gas[act as keyof typeof ceilings], act).toBeLessThanOrEqual(ceiling)
    expect(gas[act as keyof typeof ceilings], act).toBeGreaterThan(ceiling - 1_000)
  }
})
