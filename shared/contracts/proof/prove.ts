// `npm run prove:contracts`: solc's own model checker (constrained Horn clauses, answered by Z3) on the models of
// `models/`: every assertion, for any number of acts with any values. `--match` picks a model, `--seconds` bounds a query.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const models = join(import.meta.dirname, 'models')
const second = 1_000

/** What the model checker said of one assertion, by its line in the model. */
export interface Proof {
  line: number
  assertion: string
  verdict: 'proved' | 'broken' | 'unproved'
}

const Output = z.object({
  errors: z
    .array(
      z.object({
        severity: z.string(),
        errorCode: z.string().optional(),
        message: z.string(),
        sourceLocation: z.object({ start: z.number(), end: z.number() }).optional(),
      }),
    )
    .default([]),
})

/** By the compiler's codes: 9576 is safe, 6328 a violation that happens or might. */
const verdicts: Record<string, (message: string) => Proof['verdict']> = {
  '9576': () => 'proved',
  '6328': (message) => (message.includes('might happen') ? 'unproved' : 'broken'),
}

export const listModels = (): string[] => readdirSync(models).map((file) => file.replace('.sol', ''))

/** Asks for every assertion of one model; each query may take so long. */
export function prove(
  model: string,
  source: string,
  querySeconds: number,
  told = (_: string) => {},
): Proof[] {
  const solc: {
    compile: (input: string, callbacks: { smtSolver: (query: string) => { contents: string } }) => string
  } = createRequire(import.meta.url)('solc')
  const file = `${model}.sol`
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: source } },
    settings: {
      modelChecker: {
        engine: 'chc',
        targets: ['assert'],
        contracts: { [file]: [model] },
        solvers: ['smtlib2'],
        showProvedSafe: true,
        showUnproved: true,
      },
    },
  }
  const smtSolver = (query: string) => ({ contents: answer(query, querySeconds, told) })
  const { errors } = Output.parse(JSON.parse(solc.compile(JSON.stringify(input), { smtSolver })))
  const fault = errors.find(({ severity }) => severity === 'error')
  if (fault) throw new Error(fault.message)
  return errors.flatMap(({ errorCode, message, sourceLocation: place }) => {
    const verdict = verdicts[errorCode ?? '']?.(message)
    if (!verdict || !place) return []
    const line = source.slice(0, place.start).split('\n').length
    return [{ line, assertion: source.slice(place.start, place.end), verdict }]
  })
}

function answer(query: string, seconds: number, told: (line: string) => void): string {
  const startedAt = performance.now()
  const { stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'z3.ts')], {
    input: query,
    encoding: 'utf8',
    timeout: seconds * second,
  })
  const [verdict = ''] = (stdout ?? '').split('\n')
  told(
    `  a query of ${query.length} characters: ${verdict || 'no answer'} (${((performance.now() - startedAt) / second).toFixed(0)} s)`,
  )
  return stdout || 'unknown'
}

function main(): number {
  const { values } = parseArgs({
    options: { match: { type: 'string', default: '.' }, seconds: { type: 'string', default: '600' } },
  })
  let open = 0
  for (const model of listModels().filter((name) => new RegExp(values.match).test(name))) {
    process.stdout.write(`${model}\n`)
    const source = readFileSync(join(models, `${model}.sol`), 'utf8')
    const proofs = prove(model, source, Number(values.seconds), (line) => process.stdout.write(`${line}\n`))
    for (const { line, assertion, verdict } of proofs)
      process.stdout.write(`  ${verdict} ${model}.sol:${line} ${assertion}\n`)
    open += proofs.filter(({ verdict }) => verdict !== 'proved').length + (proofs.length === 0 ? 1 : 0)
  }
  return open === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = main()
