// The test command: builds, static checks and all tests, one after the other, and one closing line over all.
// A missing room or an empty runner fails; nothing is skipped in silence.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Counts, runStep, type Step } from './step.ts'

const reports = mkdtempSync(join(tmpdir(), 'carekey-test-'))
const unitReport = join(reports, 'unit.json')
const browserReport = join(reports, 'browser.json')

const contracts = ['shared/contracts/*.sol', 'shared/contracts/interfaces/*.sol']

const steps: Step[] = [
  { title: 'Compile the contracts', command: 'node', args: ['shared/contracts/build.ts'] },
  { title: 'Build the portal package', command: 'node', args: ['shared/portal/build.ts'] },
  { title: 'Build the extension', command: 'wxt', args: ['build', '--mode', 'development'] },
  { title: 'Check types', command: 'tsc', args: [] },
  { title: 'Lint', command: 'biome', args: ['check', '--error-on-warnings'] },
  {
    title: 'Lint the contracts',
    command: 'solhint',
    args: [
      '--config',
      'shared/contracts/.solhint.json',
      '--max-warnings',
      '0',
      '--noPoster',
      '--disc',
      ...contracts,
    ],
  },
  { title: 'Look for unused code', command: 'knip', args: ['--config', '.ci/knip.json'] },
  { title: 'Check import directions', command: 'node', args: ['.ci/check-imports.ts'] },
  {
    title: 'Unit tests',
    command: 'vitest',
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`],
    isStreamed: true,
    count: () => countVitest(readReport(unitReport)),
  },
  {
    title: 'Contract tests',
    command: 'hardhat',
    args: ['--config', 'shared/contracts/hardhat.config.ts', 'test'],
    count: countHardhat,
  },
  {
    title: 'Browser tests',
    command: 'playwright',
    args: ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport },
    isStreamed: true,
    count: () => countPlaywright(readReport(browserReport)),
  },
]

// The runners' own colours would be noise in a log, and so would Node's notes on experimental parts.
if (!process.stdout.isTTY) process.env.NO_COLOR = '1'
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --disable-warning=ExperimentalWarning`

const total: Counts = { passed: 0, failed: 0 }
const failedSteps: string[] = []
for (const step of steps) {
  const { passed, failed } = await runStep(step)
  total.passed += passed
  total.failed += failed
  if (failed > 0) failedSteps.push(step.title)
}
rmSync(reports, { recursive: true, force: true })

if (failedSteps.length > 0) console.log(`Failed: ${failedSteps.join(', ')}`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function countVitest(report: unknown): Counts | undefined {
  const read = report as { numPassedTests: number; numFailedTests: number } | undefined
  return read && { passed: read.numPassedTests, failed: read.numFailedTests }
}

/** A test that passes only when tried again has failed. */
function countPlaywright(report: unknown): Counts | undefined {
  const read = report as { stats: { expected: number; unexpected: number; flaky: number } } | undefined
  return read && { passed: read.stats.expected, failed: read.stats.unexpected + read.stats.flaky }
}

function countHardhat(output: string): Counts {
  const last = (pattern: RegExp) => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0)
  return { passed: last(/^(\d+) passing/gm), failed: last(/^(\d+) failing/gm) }
}
