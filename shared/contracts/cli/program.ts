import type { Outcome } from './command.ts'
import { failureOf } from './failure.ts'

/** Runs a program once: its answer goes to stdout, its failure to stderr; both as JSON with `--json`. */
export async function runProgram(
  name: string,
  main: (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<Outcome>,
): Promise<void> {
  const args = process.argv.slice(2)
  const isJson = args.includes('--json')
  try {
    const { json, text } = await main(args, process.env)
    process.stdout.write(`${isJson ? JSON.stringify(json) : text}\n`)
  } catch (error) {
    const failure = failureOf(error)
    process.stderr.write(`${isJson ? JSON.stringify({ error: failure }) : `${name}: ${failure.message}`}\n`)
    process.exitCode = failure.reason === 'usage' ? 2 : 1
  }
}
