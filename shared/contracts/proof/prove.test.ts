import { expect, it } from 'vitest'
import { listModels, prove } from './prove.ts'

const elected = (share: string) => `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

contract Seats {
    function belowAThird(uint256 appointed, uint256 elected) external pure {
        require(appointed >= 1 && appointed <= 32);
        require(elected <= ${share});
        assert(3 * elected < appointed + elected);
    }
}
`

it('proves what holds, and finds what does not', () => {
  const [proved] = prove('Seats', elected('(appointed - 1) / 2'), 120)
  expect(proved).toEqual({
    line: 8,
    assertion: 'assert(3 * elected < appointed + elected)',
    verdict: 'proved',
  })
  const [broken] = prove('Seats', elected('appointed / 2'), 120)
  expect(broken?.verdict).not.toBe('proved')
}, 300_000)

it('has a model for consents, for attestations and credits, and for seats and history', () => {
  expect(listModels()).toEqual(['AttestationsModel', 'ConsentsModel', 'SeatsModel'])
})
