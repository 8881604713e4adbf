import { expect, it } from 'vitest'
import { readLcov } from './coverage.ts'

const report = `TN:
SF:src/Consents.sol
DA:60,12
DA:61,0
BRDA:60,0,0,12
BRDA:60,0,1,-
BRDA:61,1,0,0
end_of_record
TN:
SF:test/Base.sol
DA:1,0
end_of_record
`

it('counts lines and branches of the contracts alone, and names what was missed', () => {
  expect(readLcov(report)).toEqual({
    lines: { found: 2, hit: 1 },
    branches: { found: 3, hit: 1 },
    missed: ['Consents.sol:61', 'Consents.sol:60 branch 0,1', 'Consents.sol:61 branch 1,0'],
  })
})
