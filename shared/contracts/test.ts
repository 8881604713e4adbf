// The contracts' own tests. `node shared/contracts/test.ts` runs them on the code that is deployed, a thousand runs a
// property; `--coverage` on instrumented code, and fails below 100 % of lines; `--campaign` at the figures of a release.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '../..')
const { values: options } = parseArgs({
  options: { coverage: { type: 'boolean', default: false }, campaign: { type: 'boolean', default: false } },
})

function run(command: string, args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', command), ...args], {
      cwd,
      stdio: 'inherit',
      env: { ...process.env, HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true' },
    })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** Our sources with a line that no test reached, as `file:line`. */
async function uncovered(): Promise<string[]> {
  const report = await readFile(join(root, 'coverage/lcov.info'), 'utf8')
  return report.split('end_of_record').flatMap((record) => {
    const file = /^SF:(.+)$/m.exec(record)?.[1] ?? ''
    return [...record.matchAll(/^DA:(\d+),0$/gm)].map(([, line]) => `${file}:${line}`)
  })
}

async function main(): Promise<number> {
  const lint = ['--config', '.solhint.json', '--noPoster', '--max-warnings', '0', '*.sol', 'interfaces/*.sol']
  if ((await run('solhint/solhint.js', lint, import.meta.dirname)) !== 0) return 1

  const args = ['--config', join(import.meta.dirname, 'hardhat.config.ts'), 'test', 'solidity']
  if (options.coverage) args.push('--coverage')
  if (options.campaign) args.push('--test-profile', 'campaign')
  const code = await run('hardhat/dist/src/cli.js', args, root)
  if (code !== 0 || !options.coverage) return code

  const missed = await uncovered()
  for (const place of missed) process.stdout.write(`No test reaches ${place}\n`)
  return missed.length === 0 ? 0 : 1
}

process.exitCode = await main()
