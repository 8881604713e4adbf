// One step of the test command: a program, what it printed, and how many checks it passed and failed.

import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

export interface Counts {
  passed: number
  failed: number
}

export interface Step {
  title: string
  command: string
  args: string[]
  env?: Record<string, string>
  /** Shows each line as it comes; else the output is shown only when the step fails. */
  isStreamed?: boolean
  /** Reads the counts of a test runner. Without it the step is one check: its exit code. */
  count?: (output: string) => Counts | undefined
}

const second = 1000
const minute = 60 * second
const stepLimitMs = 20 * minute
const toldEveryMs = 10 * second
const graceMs = 5 * second

/** Runs one step to its end. A runner that fails, or that ran nothing, has failed at least once. */
export async function runStep(step: Step): Promise<Counts> {
  const startedAt = performance.now()
  const elapsed = () => `${((performance.now() - startedAt) / second).toFixed(1)} s`
  console.log(`▶ ${step.title}`)
  const again = setInterval(() => step.isStreamed || console.log(`  … ${elapsed()}`), toldEveryMs)
  const { status, output } = await execute(step)
  clearInterval(again)

  const counts = (status === 0 || step.count ? step.count?.(output) : undefined) ?? { passed: 0, failed: 0 }
  if (!step.count && status === 0) counts.passed = 1
  if (status !== 0 && counts.failed === 0) counts.failed = 1
  if (counts.passed + counts.failed === 0) {
    console.log('  no test was run')
    counts.failed = 1
  }
  if (counts.failed > 0 && !step.isStreamed) console.log(output.trimEnd().replaceAll(/^/gm, '  '))
  const tally = step.count ? `, ${counts.passed} passed, ${counts.failed} failed` : ''
  console.log(`${counts.failed === 0 ? '✔' : '✘'} ${step.title} (${elapsed()}${tally})\n`)
  return counts
}

function execute(step: Step): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(step.command, step.args, {
      env: { ...process.env, ...step.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const limit = setTimeout(() => {
      console.log(`  stopped after ${stepLimitMs / minute} minutes`)
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), graceMs).unref()
    }, stepLimitMs)
    let output = ''
    let unfinishedLine = ''
    const take = (text: string) => {
      output += text
      if (!step.isStreamed) return
      const lines = (unfinishedLine + text).split('\n')
      unfinishedLine = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') console.log(`  ${line}`)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    const finish = (status: number | null) => {
      clearTimeout(limit)
      if (step.isStreamed) take('\n')
      resolve({ status, output: stripVTControlCharacters(output) })
    }
    child.on('error', (error) => {
      output += `${step.command} could not be started: ${error.message}\n`
      finish(null)
    })
    child.on('close', finish)
  })
}
