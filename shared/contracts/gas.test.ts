import { expect, it } from 'vitest'
import { measureGas } from './gas.ts'

/** Measured, plus what the zero bytes of a signature move it. A change that costs more is seen here. */
const ceilings = {
  grant: 59_050,
  grantBatch100: 465,
  logAccess: 61_350,
  revoke: 34_000,
  revokeUnsubmitted: 51_150,
  anchor: 62_000,
  anchorNextVersion: 64_850,
  anchorBatch100: 465,
  vote: 42_750,
  emergencyOpen: 71_000,
}

it('costs no more gas than written down', async () => {
  const gas = await measureGas()
  for (const [act, ceiling] of Object.entries(ceilings)) {
    expect(gas[act as keyof typeof ceilings], act).toBeLessThanOrEqual(ceiling)
    expect(gas[act as keyof typeof ceilings], act).toBeGreaterThan(ceiling * 0.97)
  }
})
