import { expect, it } from 'vitest'
import { measureGas } from './gas.ts'
import { measureFurtherGas } from './gas-further.ts'

/** Measured, plus what the zero bytes of a signature move it. A change that costs more is seen here. */
const ceilings = {
  grant: 59_050,
  grantBatch100: 465,
  logAccess: 61_350,
  revoke: 34_000,
  revokeUnsubmitted: 51_150,
  anchor: 62_000,
  anchorNextVersion: 64_900,
  anchorBatch100: 465,
  vote: 42_650,
  emergencyOpen: 71_000,
}

/** A claim's first slots, a candidacy's and an election's depend on what stands already: here nothing does. */
const furtherCeilings = {
  replace: 72_900,
  delegate: 55_000,
  grantFor: 67_450,
  revokeFor: 41_950,
  dispute: 52_600,
  resolve: 36_000,
  tombstone: 33_850,
  publish: 104_900,
  claim: 126_950,
  stand: 126_450,
  elect: 138_200,
}

const compare = (gas: Record<string, number>, most: Record<string, number>) => {
  expect(Object.keys(gas).sort()).toEqual(Object.keys(most).sort())
  for (const [act, ceiling] of Object.entries(most)) {
    expect(gas[act], act).toBeLessThanOrEqual(ceiling)
    expect(gas[act], act).toBeGreaterThan(ceiling * 0.97)
  }
}

it('costs no more gas than written down', async () => compare({ ...(await measureGas()) }, ceilings))

it('costs no more gas than written down for the acts without an aim', async () =>
  compare({ ...(await measureFurtherGas()) }, furtherCeilings))
