import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { mainJourney } from '../journeys/main-journey.ts'
import { buildExtension } from './extension.ts'
import { progressLine } from './progress.ts'
import type { Stack } from './stack.ts'

export interface WalkReport {
  ok: boolean
  steps: { name: string; ok: boolean; ms: number }[]
  screenshots: string
}

/** Walks the patient's journey step by step, printing each with its time; stops at the first that fails. */
export async function walkJourney(stack: Stack, screenshots: string): Promise<WalkReport> {
  rmSync(screenshots, { recursive: true, force: true })
  mkdirSync(screenshots, { recursive: true })
  progressLine('Building the extension')
  const extension = await buildExtension(stack.networkFile, join(stack.dir, 'extension'))
  const journey = mainJourney({ stack, extension, screenshots })
  const steps: WalkReport['steps'] = []
  try {
    for (const { name, run } of journey.steps) {
      progressLine(name)
      const begun = performance.now()
      let failure: unknown
      try {
        await run()
      } catch (error) {
        failure = error
      }
      const ms = Math.round(performance.now() - begun)
      steps.push({ name, ok: failure === undefined, ms })
      console.log(`${failure === undefined ? '✓' : '✗'} ${name} (${ms} ms)`)
      if (failure !== undefined) {
        console.error(failure)
        await journey.lastLook()
        break
      }
    }
  } finally {
    await journey.end()
  }
  const ok = steps.length === journey.steps.length && steps.every((step) => step.ok)
  return { ok, steps, screenshots }
}
