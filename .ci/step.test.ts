import { expect, it, vi } from 'vitest'
import { runStep, type Step } from './step.ts'

vi.spyOn(console, 'log').mockImplementation(() => {})

const script = (source: string, rest: Partial<Step> = {}): Step => ({
  title: 'a step',
  command: process.execPath,
  args: ['-e', source],
  ...rest,
})
const readCounts = (output: string) => {
  const [passed = 0, failed = 0] = output.trim().split(' ').map(Number)
  return { passed, failed }
}

it('counts a check without tests once, by its exit code', async () => {
  expect(await runStep(script(''))).toEqual({ passed: 1, failed: 0 })
  expect(await runStep(script('process.exit(3)'))).toEqual({ passed: 0, failed: 1 })
})

it('takes the counts of a runner', async () => {
  const source = 'console.log("5 2"); process.exit(1)'
  expect(await runStep(script(source, { count: readCounts }))).toEqual({ passed: 5, failed: 2 })
})

it('fails a runner that ran nothing', async () => {
  expect(await runStep(script('console.log("0 0")', { count: readCounts }))).toEqual({ passed: 0, failed: 1 })
})

it('fails a runner that ended badly although every test passed', async () => {
  const source = 'console.log("5 0"); process.exit(1)'
  expect(await runStep(script(source, { count: readCounts }))).toEqual({ passed: 5, failed: 1 })
})

it('fails a runner that left no report, or that could not be started', async () => {
  expect(await runStep(script('', { count: () => undefined }))).toEqual({ passed: 0, failed: 1 })
  expect(await runStep({ title: 'a step', command: 'no-such-program', args: [] })).toEqual({
    passed: 0,
    failed: 1,
  })
})
