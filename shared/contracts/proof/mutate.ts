// `npm run mutants:contracts`: puts one small fault at a time into the contracts and runs their tests; a fault that no test
// notices is a survivor, and must be explained in `survivors.json`. `--share 0.01` takes a sample by `--seed`, `--match` picks by name.
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keccak256, stringToBytes } from 'viem'
import { z } from 'zod'
import { compile, forge, layOut, type Workspace } from './forge.ts'
import { applyMutant, type Mutant, mutantsOf, parse } from './mutants.ts'

const room = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)

/** Few runs: a fault that one input in a hundred shows is found by the campaigns. */
const effort = {
  FOUNDRY_FUZZ_SEED: '0x63617265',
  FOUNDRY_FUZZ_RUNS: '48',
  FOUNDRY_INVARIANT_RUNS: '3',
  FOUNDRY_INVARIANT_DEPTH: '32',
}

export type Verdict = 'killed' | 'survived' | 'does not compile'

const Survivors = z.record(z.string(), z.string())

/** Why each known survivor may live. */
export const readSurvivors = (): Record<string, string> =>
  Survivors.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'survivors.json'), 'utf8')))

const read = (name: string) =>
  readFileSync(/^(@|solady\/)/.test(name) ? require.resolve(name) : join(room, name), 'utf8')

/** Every fault of every contract. */
export function allMutants(): Mutant[] {
  const files = readdirSync(room).filter((file) => file.endsWith('.sol'))
  const trees = parse(files, read)
  return files.flatMap((file) => mutantsOf(file, read(file), trees.get(file) ?? {}))
}

/** A share of them, the same for the same seed, spread over all. */
export function sample(mutants: readonly Mutant[], share: number, seed: string): Mutant[] {
  const rank = ({ name, start }: Mutant) => keccak256(stringToBytes(`${seed} ${name} ${start}`))
  const ranked = mutants
    .map((mutant) => ({ mutant, rank: rank(mutant) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
  return ranked.slice(0, Math.ceil(mutants.length * share)).map(({ mutant }) => mutant)
}

/** Compiles the tests once; each fault then compiles its own contract alone. */
export async function prepare(signal?: AbortSignal): Promise<Workspace> {
  const workspace = await layOut('quick', 'mutants')
  await compile(workspace, signal)
  return workspace
}

/** Puts the fault in, runs first the tests that name the contract, then all, and takes it out again. */
export async function tryMutant(
  workspace: Workspace,
  mutant: Mutant,
  signal?: AbortSignal,
): Promise<Verdict> {
  const path = join(workspace.dir, 'src', mutant.file)
  const source = readFileSync(path, 'utf8')
  await writeFile(path, applyMutant(source, mutant))
  try {
    const compiled = await forge(workspace, ['build', '--quiet'], { signal })
    if (compiled.code !== 0) return 'does not compile'
    const near = testsNaming(workspace, mutant.file)
    for (const only of [['--match-path', near], []]) {
      if (only[1] === '') continue
      const { code } = await forge(workspace, ['test', '--fail-fast', ...only], { env: effort, signal })
      if (code !== 0) return 'killed'
    }
    return 'survived'
  } finally {
    await writeFile(path, source)
  }
}

/** A glob of the test files that say the contract's name, or ''. */
function testsNaming({ dir }: Workspace, file: string): string {
  const contract = file.replace('.sol', '')
  const name = `${contract.charAt(0).toLowerCase()}${contract.slice(1)}.`
  const tests = readdirSync(join(dir, 'test')).filter(
    (test) => test.endsWith('.t.sol') && readFileSync(join(dir, 'test', test), 'utf8').includes(name),
  )
  return tests.length === 0 ? '' : `test/{${tests.join(',')}}`
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      share: { type: 'string', default: '1' },
      seed: { type: 'string', default: 'carekey' },
      match: { type: 'string', default: '.' },
      minutes: { type: 'string', default: '600' },
      out: { type: 'string' },
    },
  })
  const cancel = new AbortController()
  process.once('SIGINT', () => cancel.abort())
  process.once('SIGTERM', () => cancel.abort())
  const until = performance.now() + Number(values.minutes) * 60_000
  const chosen = sample(
    allMutants().filter(({ name }) => new RegExp(values.match).test(name)),
    Number(values.share),
    values.seed,
  )
  process.stdout.write(`${chosen.length} faults; compiling\n`)
  const workspace = await prepare(cancel.signal)
  const known = readSurvivors()
  const verdicts: { name: string; verdict: Verdict }[] = []
  for (const mutant of chosen) {
    if (cancel.signal.aborted || performance.now() > until) break
    const verdict = await tryMutant(workspace, mutant, cancel.signal).catch((error: unknown) => {
      if (cancel.signal.aborted) return undefined
      throw error
    })
    if (!verdict) break
    verdicts.push({ name: mutant.name, verdict })
    process.stdout.write(`${verdicts.length}/${chosen.length} ${verdict.padEnd(8)} ${mutant.name}\n`)
    if (values.out) await writeFile(values.out, `${JSON.stringify(verdicts, null, 2)}\n`)
  }
  const count = (wanted: Verdict) => verdicts.filter(({ verdict }) => verdict === wanted).length
  const survivors = verdicts.filter(({ verdict }) => verdict === 'survived')
  const unexplained = survivors.filter(({ name }) => !(name in known))
  const valid = count('killed') + survivors.length
  process.stdout.write(
    `${valid} faults that compile, ${count('killed')} killed (${((100 * count('killed')) / valid).toFixed(1)} %), ` +
      `${survivors.length} survived, ${unexplained.length} of them unexplained; ${chosen.length - verdicts.length} not tried. Seed ${values.seed}.\n`,
  )
  for (const { name } of unexplained) process.stdout.write(`unexplained: ${name}\n`)
  return unexplained.length === 0 ? 0 : 1
}

if (import.meta.main) {
  main().then(
    (code) => {
      process.exitCode = code
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
      process.exitCode = 1
    },
  )
}
