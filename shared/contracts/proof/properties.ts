import { z } from 'zod'
import { forge, type Workspace } from './forge.ts'

export type PropertyKind = 'fuzz' | 'invariant'

/** One fuzzed test or invariant. */
export interface Property {
  file: string
  contract: string
  test: string
  kind: PropertyKind
}

/** What one property's run came to. */
export interface Outcome extends Property {
  passed: boolean
  /** Of a fuzzed test its inputs, of an invariant its sequences. */
  runs: number
  /** Of an invariant, all acts of all sequences, and those that reverted. */
  calls?: number
  reverts?: number
  seconds: number
  /** Why it failed, with the input that shows it. */
  reason?: string
}

export interface Effort {
  seed: string
  fuzzRuns: number
  invariantRuns: number
  depth: number
}

const List = z.record(z.string(), z.record(z.string(), z.array(z.string())))

const Kind = z.union([
  z.object({ Fuzz: z.object({ runs: z.number() }) }),
  z.object({ Invariant: z.object({ runs: z.number(), calls: z.number(), reverts: z.number() }) }),
])

const Result = z.object({
  status: z.enum(['Success', 'Failure', 'Skipped']),
  reason: z.string().nullish(),
  counterexample: z.unknown(),
  kind: Kind,
})

const Report = z.record(z.string(), z.object({ test_results: z.record(z.string(), Result) }))

/** Every property of the tests, in their order; tests of one example are left to the ordinary run. */
export async function listProperties(workspace: Workspace): Promise<Property[]> {
  const { code, stdout, stderr } = await forge(workspace, ['test', '--list', '--json'])
  if (code !== 0) throw new Error(`Forge could not list the tests:\n${stdout}${stderr}`)
  return Object.entries(List.parse(JSON.parse(stdout))).flatMap(([file, contracts]) =>
    Object.entries(contracts).flatMap(([contract, tests]) =>
      tests.flatMap((test) => {
        const kind = kindOf(test)
        return kind ? [{ file, contract, test, kind }] : []
      }),
    ),
  )
}

const kindOf = (test: string): PropertyKind | undefined => {
  if (test.startsWith('testFuzz')) return 'fuzz'
  return test.startsWith('invariant') ? 'invariant' : undefined
}

/** Runs one property with that effort. A revert of a sequence's act counts as a failure. */
export async function tryProperty(
  workspace: Workspace,
  property: Property,
  effort: Effort,
  signal?: AbortSignal,
): Promise<Outcome> {
  const startedAt = performance.now()
  const env = {
    FOUNDRY_FUZZ_SEED: effort.seed,
    FOUNDRY_FUZZ_RUNS: String(effort.fuzzRuns),
    FOUNDRY_INVARIANT_RUNS: String(effort.invariantRuns),
    FOUNDRY_INVARIANT_DEPTH: String(effort.depth),
  }
  const args = ['test', '--json', '--threads', '1', '--match-path', property.file]
  const only = ['--match-contract', `^${property.contract}$`, '--match-test', `^${property.test}(\\(|$)`]
  const { stdout, stderr } = await forge(workspace, [...args, ...only], { env, signal })
  const seconds = (performance.now() - startedAt) / 1_000
  return { ...property, ...readOutcome(stdout, stderr), seconds }
}

/** Reads forge's report on a single test. */
export function readOutcome(stdout: string, stderr = ''): Omit<Outcome, keyof Property | 'seconds'> {
  const results = Object.values(parseReport(stdout, stderr)).flatMap((suite) =>
    Object.values(suite.test_results),
  )
  const [result] = results
  if (!result || results.length > 1) throw new Error(`Forge ran ${results.length} tests instead of one.`)
  const passed = result.status === 'Success'
  const reason = passed
    ? undefined
    : `${result.reason ?? result.status} ${JSON.stringify(result.counterexample)}`
  if ('Fuzz' in result.kind) return { passed, reason, runs: result.kind.Fuzz.runs }
  return { passed, reason, ...result.kind.Invariant }
}

function parseReport(stdout: string, stderr: string): z.infer<typeof Report> {
  try {
    return Report.parse(JSON.parse(stdout))
  } catch (cause) {
    throw new Error(`Forge gave no report:\n${stdout.slice(0, 2_000)}${stderr.slice(0, 2_000)}`, { cause })
  }
}
