import { beforeAll, expect, it } from 'vitest'
import { applyMutant, type Mutant, mutantsOf, parse } from './mutants.ts'
import { allMutants, readSurvivors, sample } from './mutate.ts'

const source = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

contract Gate {
    bool public open;
    uint256 public count;

    function pass(uint256 until, uint256 limit) external {
        if (block.timestamp > until || count + 1 > limit) revert();
        count += 2;
        open = !open;
        bound(until, limit);
    }

    function bound(uint256 a, uint256 b) public pure returns (uint256 c) {
        assembly ("memory-safe") {
            c := add(a, 3)
        }
        if (b < c) return b;
    }
}
`

const mutants = mutantsOf('Gate.sol', source, parse(['Gate.sol'], () => source).get('Gate.sol') ?? {})
let all: Mutant[]

/** The compiler reads every contract and what they import. */
const readingLimitMs = 120_000

beforeAll(() => {
  all = allMutants()
}, readingLimitMs)

const names = mutants.map(({ name }) => name)

it('makes every kind of small fault, each named by its place', () => {
  expect(names).toContain('Gate.sol:9 operator: > → >=')
  expect(names).toContain('Gate.sol:9 operator: || → &&')
  expect(names).toContain('Gate.sol:9 condition: block.timestamp > until || count + 1 > limit → false')
  expect(names).toContain('Gate.sol:9 constant: 1 → (1 + 1)')
  expect(names).toContain('Gate.sol:10 operator: += → -=')
  expect(names).toContain('Gate.sol:10 statement: count += 2 → nothing')
  expect(names).toContain('Gate.sol:11 operator: !open → open')
  expect(names).toContain('Gate.sol:12 arguments: until, limit → limit, until')
  expect(names).toContain('Gate.sol:17 assembly: add → sub')
  expect(names).toContain('Gate.sol:17 assembly: 3 → 4')
  expect(new Set(mutants.map(({ kind }) => kind)).size).toBe(6)
})

it('changes that place and nothing else', () => {
  const removed = mutants.find(({ name }) => name === 'Gate.sol:10 statement: count += 2 → nothing')
  if (!removed) throw new Error('It is there.')
  expect(applyMutant(source, removed)).toBe(source.replace('count += 2', ''))
})

it('finds faults in every contract, and takes the same sample for the same seed', () => {
  expect(new Set(all.map(({ file }) => file)).size).toBe(14)
  expect(all.length).toBeGreaterThan(1_000)
  expect(sample(all, 0.01, 'carekey')).toEqual(sample([...all].reverse(), 0.01, 'carekey'))
  expect(sample(all, 0.01, 'carekey')).not.toEqual(sample(all, 0.01, 'another'))
})

it('explains no survivor that is not among the faults', () => {
  const known = new Set(all.map(({ name }) => name))
  expect(Object.keys(readSurvivors()).filter((name) => !known.has(name))).toEqual([])
})
