// `npm run campaign:contracts`: every property of the contracts at the figures of a release, each with its own count, and
// what that many passing runs say. Ctrl-C ends it and reports what was done; `--match` picks properties by name.

import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { compile, layOut } from './forge.ts'
import { type Effort, listProperties, type Outcome, type Property, tryProperty } from './properties.ts'
import { reportOf, rowOf } from './report.ts'

const usage = `npm run campaign:contracts -- [--seed 0x…] [--runs N] [--invariant-runs N] [--depth N] [--match REGEX]
  [--jobs N] [--quick] [--out FILE.json]`

function readOptions() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '0x63617265' },
      runs: { type: 'string', default: '100000' },
      'invariant-runs': { type: 'string', default: '10000' },
      depth: { type: 'string', default: '32' },
      match: { type: 'string', default: '.' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  })
  const effort: Effort = {
    seed: /^0x[0-9a-f]{1,64}$/i.test(values.seed) ? values.seed : refuse('--seed is 0x and up to 64 digits'),
    fuzzRuns: countOf(values.runs),
    invariantRuns: countOf(values['invariant-runs']),
    depth: countOf(values.depth),
  }
  return {
    effort,
    match: new RegExp(values.match),
    jobs: countOf(values.jobs),
    quick: values.quick,
    out: values.out,
  }
}

const countOf = (text: string) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : refuse(`${text} is no count`))

function refuse(reason: string): never {
  throw new Error(`${reason}.\n${usage}`)
}

/** Runs them, so many at once; stops starting new ones when aborted. */
async function tryAll(
  properties: Property[],
  jobs: number,
  run: (next: Property) => Promise<void>,
): Promise<void> {
  const waiting = [...properties]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await run(next)
  }
  await Promise.all(Array.from({ length: jobs }, work))
}

async function main(): Promise<number> {
  const { effort, match, jobs, quick, out } = readOptions()
  const cancel = new AbortController()
  process.once('SIGINT', () => cancel.abort())
  process.once('SIGTERM', () => cancel.abort())
  const { signal } = cancel

  const workspace = await layOut(quick ? 'quick' : 'default', quick ? 'quick' : 'deployed')
  process.stdout.write('Compiling\n')
  await compile(workspace, signal)
  const properties = (await listProperties(workspace)).filter(({ contract, test }) =>
    match.test(`${contract}.${test}`),
  )
  if (properties.length === 0) refuse(`No property matches ${match}`)

  const outcomes: Outcome[] = []
  const keep = async () => {
    if (out)
      await writeFile(out, `${JSON.stringify(reportOf(effort, properties.length, outcomes), null, 2)}\n`)
  }
  await tryAll(properties, jobs, async (property) => {
    if (signal.aborted) return
    try {
      outcomes.push(await tryProperty(workspace, property, effort, signal))
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    process.stdout.write(`${outcomes.length}/${properties.length} ${rowOf(outcomes.at(-1))}\n`)
    await keep()
  })

  const report = reportOf(effort, properties.length, outcomes)
  process.stdout.write(`${report.summary.join('\n')}\n`)
  return report.failed === 0 && report.done === report.properties ? 0 : 1
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  },
)
