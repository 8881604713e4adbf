import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestLedger } from '../test-ledger.ts'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Anvil's first accounts: known to everybody. */
export const testKeys = {
  admin: '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  adminAddress: '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
  officer: '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  officerAddress: '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
} as const

const quiet = {
  PATH: process.env.PATH ?? '',
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
  // Dozens of starts of the same code: compiled once.
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../../node_modules/.cache/authority'),
}

/** A story here starts a dozen processes, each of which takes a second on a busy machine. */
export const storyMs = 90_000

/** A network file for the test's ledger. */
export function writeTestNetwork(path: string, { rpcUrl, deployed }: TestLedger): void {
  const rest = { name: 'Test', confirmations: 0, relays: ['http://127.0.0.1:8787'] }
  writeFileSync(path, JSON.stringify({ ...rest, rpcUrl, ...deployed }))
}

/** Runs one of the programs beside this file as a process of its own, as an officer's shell would. */
export function runScript(
  script: 'authority.ts' | 'deploy.ts',
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
      env: { ...quiet, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const out: string[] = []
    const err: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => out.push(line))
    createInterface({ input: child.stderr }).on('line', (line) => err.push(line))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout: out.join('\n'), stderr: err.join('\n') }))
  })
}
