import type { Effort, Outcome } from './properties.ts'

export interface Report extends Effort {
  properties: number
  /** How many were run; fewer than `properties` when the campaign was ended early. */
  done: number
  failed: number
  outcomes: Outcome[]
  summary: string[]
}

/** At 95 %, no more than this share of trials fails where none of so many independent ones did (rule of three). */
export const ruleOfThree = (trials: number): number => 3 / trials

const inEnglish = (count: number) => count.toLocaleString('en')

/** One property's line. */
export function rowOf(outcome: Outcome | undefined): string {
  if (!outcome) return ''
  const { contract, test, passed, runs, calls, reverts, seconds, reason } = outcome
  const counts =
    calls === undefined ? `${inEnglish(runs)} runs` : `${inEnglish(runs)} sequences, ${inEnglish(calls)} acts`
  const state = passed ? 'holds' : `FAILS: ${reason}`
  const reverted = reverts ? `, ${inEnglish(reverts)} reverts` : ''
  return `${contract}.${test} ${state} (${counts}${reverted}, ${seconds.toFixed(0)} s)`
}

export function reportOf(effort: Effort, properties: number, outcomes: readonly Outcome[]): Report {
  const failed = outcomes.filter(({ passed }) => !passed)
  const lines = (['fuzz', 'invariant'] as const).flatMap((kind) => {
    const held = outcomes.filter((outcome) => outcome.kind === kind && outcome.passed)
    const fewest = Math.min(...held.map(({ runs }) => runs))
    if (held.length === 0) return []
    const what = kind === 'fuzz' ? 'fuzzed properties' : 'invariants'
    const unit = kind === 'fuzz' ? 'inputs' : `sequences of ${effort.depth} acts`
    const bound = ruleOfThree(fewest).toExponential(1)
    return [
      `${held.length} ${what} held over at least ${inEnglish(fewest)} ${unit} each: at 95 %, fewer than ${bound} of such ${unit} break one.`,
    ]
  })
  const summary = [
    ...lines,
    `Seed ${effort.seed}. ${outcomes.length} of ${properties} properties run, ${failed.length} failed.`,
  ]
  return {
    ...effort,
    properties,
    done: outcomes.length,
    failed: failed.length,
    outcomes: [...outcomes],
    summary,
  }
}
