// `npm start`: the whole of Carekey on this machine, ready for a patient's journey.
//
//   npm start               opens a browser; without a display, walks the journey headless
//   npm start -- --journey  always walks the journey headless; its last line is one JSON object
//   npm start -- --reset    forgets everything first

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openBrowser } from './browser.ts'
import { buildExtension } from './extension.ts'
import { openLanding } from './landing.ts'
import { type PortalEntry, portalKeys, portalOf } from './portals.ts'
import { chosenPorts, freePorts, requireFree } from './ports.ts'
import { progressLine } from './progress.ts'
import { publishSampleStatistics } from './sample-statistics.ts'
import { type Stack, startStack } from './stack.ts'
import { type WalkReport, walkJourney } from './walk.ts'

const stateDir = '.carekey'
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { journey: { type: 'boolean', default: false }, reset: { type: 'boolean', default: false } },
  })
  if (values.reset) {
    rmSync(stateDir, { recursive: true, force: true })
    console.log('Forgot everything under .carekey.')
  }
  return values.journey || !hasDisplay ? journey(!values.journey) : demonstrate()
}

/** The journey runs in a state of its own, so that a demonstration's patient is left alone. */
async function journey(isForWantOfDisplay: boolean): Promise<number> {
  if (isForWantOfDisplay) console.log('There is no display here: walking the journey headless.')
  const dir = join(stateDir, 'journey')
  const screenshots = join(stateDir, 'screenshots')
  rmSync(dir, { recursive: true, force: true })
  let report: WalkReport = { ok: false, steps: [], screenshots }
  try {
    const stack = await startStack({ dir, ports: await freePorts(), progress: progressLine })
    try {
      report = await walkJourney(stack, screenshots)
    } finally {
      await stack.stop()
    }
    console.log(`Screenshots are in ${screenshots}`)
  } catch (error) {
    report = { ...report, ok: false }
    console.error(`carekey: ${error instanceof Error ? error.message : String(error)}`)
  }
  console.log(JSON.stringify(report))
  return report.ok ? 0 : 1
}

async function demonstrate(): Promise<number> {
  const ports = chosenPorts(process.env)
  await requireFree(ports)
  const stack = await startStack({ dir: join(stateDir, 'demo'), ports, progress: progressLine })
  try {
    progressLine('Publishing sample counts')
    await publishSampleStatistics(stack)
    progressLine('Building the extension')
    const extension = await buildExtension(stack.networkFile, join(stack.dir, 'extension'))
    progressLine('Opening the browser')
    const browser = await openBrowser({ profile: join(stack.dir, 'profile'), extension, headless: false })
    await openLanding(browser, stack)
    console.log(welcome(stack))
    await new Promise<void>((resolve) => {
      browser.once('close', () => resolve())
      process.once('SIGINT', () => resolve())
      process.once('SIGTERM', () => resolve())
    })
    return 0
  } finally {
    await stack.stop()
  }
}

const nameWidth = 32
const portalLine = ({ name, desk }: PortalEntry, origin: string) =>
  `  ${name.padEnd(nameWidth)} ${origin}${desk ? `   (${desk.what}: ${origin}${desk.path})` : ''}`

const welcome = (stack: Stack) => `
Carekey is running.
${portalKeys.map((key) => portalLine(portalOf(key), stack[key].origin)).join('\n')}
  ${'Health Records Authority'.padEnd(nameWidth)} ${stack.authorityOrigin}   (officers: ${stack.authorityOrigin}/office)
  ${'Relay'.padEnd(nameWidth)} ${stack.relayOrigin}
Create your Carekey in the first tab, then visit St. Brigid Hospital and click the Carekey icon
(it may stand behind the puzzle piece beside the address bar).
Close the browser or press Ctrl+C to end; your state stays in ${stack.dir}.`

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    console.error(`carekey: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  },
)
