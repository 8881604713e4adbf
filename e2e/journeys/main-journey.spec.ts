import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@playwright/test'
import { buildExtension } from '../stack/extension.ts'
import { freePorts } from '../stack/ports.ts'
import { type Stack, startStack } from '../stack/stack.ts'
import { type Journey, mainJourney } from './main-journey.ts'

let stack: Stack
let journey: Journey

test('one hospital deposits, another asks, the patient decides', async () => {
  test.setTimeout(10 * 60_000)
  const dir = mkdtempSync(join(tmpdir(), 'carekey-journey-'))
  stack = await startStack({ dir, ports: await freePorts() })
  const extension = await buildExtension(stack.networkFile, join(dir, 'extension'))
  journey = mainJourney({ stack, extension, screenshots: test.info().outputPath('screenshots') })
  for (const { name, run } of journey.steps) await test.step(name, run)
})

test.afterEach(async () => {
  if (test.info().status !== test.info().expectedStatus) await journey?.lastLook()
  await journey?.end()
  await stack?.stop()
})
