import { expect, it } from 'vitest'
import { type Outcome, readOutcome } from './properties.ts'
import { reportOf, rowOf } from './report.ts'

const effort = { seed: '0x1', fuzzRuns: 100_000, invariantRuns: 10_000, depth: 32 }

const forgeReport = (result: object) =>
  JSON.stringify({ 'test/A.t.sol:ATest': { test_results: { 'testFuzz_a(uint256)': result } } })

const outcome = (changes: Partial<Outcome>): Outcome => ({
  file: 'test/A.t.sol',
  contract: 'ATest',
  test: 'testFuzz_a',
  kind: 'fuzz',
  passed: true,
  runs: 100_000,
  seconds: 12.3,
  ...changes,
})

it('reads how often a property was tried', () => {
  const fuzzed = { status: 'Success', reason: null, counterexample: null, kind: { Fuzz: { runs: 1_000 } } }
  expect(readOutcome(forgeReport(fuzzed))).toEqual({ passed: true, reason: undefined, runs: 1_000 })
  const kind = { Invariant: { runs: 100, calls: 3_200, reverts: 0 } }
  const invariant = { status: 'Success', reason: null, counterexample: null, kind }
  expect(readOutcome(forgeReport(invariant))).toMatchObject({ runs: 100, calls: 3_200, reverts: 0 })
})

it('keeps why a property failed, and the input', () => {
  const failed = {
    status: 'Failure',
    reason: 'active after revoke',
    counterexample: { Single: { args: '7' } },
    kind: { Fuzz: { runs: 3 } },
  }
  const read = readOutcome(forgeReport(failed))
  expect(read.passed).toBe(false)
  expect(read.reason).toContain('active after revoke')
  expect(read.reason).toContain('"args":"7"')
})

it('takes a report of no test, or none at all, for a fault', () => {
  expect(() => readOutcome('{}')).toThrow('Forge ran 0 tests instead of one.')
  expect(() => readOutcome('Error: Compiler run failed')).toThrow('Forge gave no report')
})

it('bounds what stays unseen by the property that was tried least', () => {
  const report = reportOf(effort, 3, [outcome({}), outcome({ runs: 50_000 })])
  expect(report.summary).toEqual([
    '2 fuzzed properties held over at least 50,000 inputs each: at 95 %, fewer than 6.0e-5 of such inputs break one.',
    'Seed 0x1. 2 of 3 properties run, 0 failed.',
  ])
})

it('counts a failure and says what broke', () => {
  const broken = outcome({ passed: false, reason: 'times' })
  expect(reportOf(effort, 1, [broken])).toMatchObject({ failed: 1, done: 1 })
  expect(rowOf(broken)).toBe('ATest.testFuzz_a FAILS: times (100,000 runs, 12 s)')
  const sequences = outcome({ kind: 'invariant', runs: 10_000, calls: 320_000, reverts: 0 })
  expect(rowOf(sequences)).toBe('ATest.testFuzz_a holds (10,000 sequences, 320,000 acts, 12 s)')
})
