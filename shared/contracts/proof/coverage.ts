// `npm run coverage:contracts`: which lines and branches of the contracts their tests reach, by forge. Fails below 100 % of
// either, and names each place that nobody reached, unless `uncovered.json` says why nobody can.
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { forge, layOut } from './forge.ts'

export interface Reached {
  lines: { found: number; hit: number }
  branches: { found: number; hit: number }
  /** `File.sol:line` of what was not reached; a branch says which. */
  missed: string[]
}

/** Reads an lcov report; only `src/` counts, not tests and libraries. */
export function readLcov(report: string): Reached {
  const reached: Reached = { lines: { found: 0, hit: 0 }, branches: { found: 0, hit: 0 }, missed: [] }
  for (const record of report.split('end_of_record')) {
    const [, file] = /^SF:(?:.*\/)?src\/(\w+\.sol)$/m.exec(record) ?? []
    if (!file) continue
    for (const [, line, hits] of record.matchAll(/^DA:(\d+),(\d+)$/gm)) {
      count(reached.lines, hits !== '0', () => reached.missed.push(`${file}:${line}`))
    }
    for (const [, line, branch, hits] of record.matchAll(/^BRDA:(\d+),(\d+,\d+),(\d+|-)$/gm)) {
      const isHit = hits !== '0' && hits !== '-'
      count(reached.branches, isHit, () => reached.missed.push(`${file}:${line} branch ${branch}`))
    }
  }
  return reached
}

function count(tally: { found: number; hit: number }, isHit: boolean, miss: () => void): void {
  tally.found += 1
  if (isHit) tally.hit += 1
  else miss()
}

/** Why a place cannot be reached, by its name. */
const readKnown = (): Record<string, string> =>
  z
    .record(z.string(), z.string())
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'uncovered.json'), 'utf8')))

async function main(): Promise<number> {
  const workspace = await layOut('default', 'coverage')
  const report = join(workspace.dir, 'lcov.info')
  // Few inputs: a line is reached or not. Without optimization, or branches would melt into one another.
  const env = { FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_FUZZ_SEED: '0x63617265', FOUNDRY_INVARIANT_RUNS: '4' }
  const args = ['coverage', '--ir-minimum', '--report', 'lcov', '--report-file', report]
  const { code, stdout, stderr } = await forge(workspace, args, { env })
  if (code !== 0) {
    process.stderr.write(`${stdout}${stderr}\n`)
    return 1
  }
  const { lines, branches, missed } = readLcov(await readFile(report, 'utf8'))
  const known = readKnown()
  const unexplained = missed.filter((place) => !(place in known))
  const percent = ({ hit, found }: { hit: number; found: number }) =>
    `${hit} of ${found} (${((100 * hit) / found).toFixed(1)} %)`
  process.stdout.write(`Lines ${percent(lines)}, branches ${percent(branches)}\n`)
  for (const place of missed) process.stdout.write(`${place}: ${known[place] ?? 'no test reaches it'}\n`)
  return unexplained.length === 0 && lines.found > 0 && branches.found > 0 ? 0 : 1
}

if (import.meta.main) {
  process.exitCode = await main()
}
