import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sponsorKey, type TestNetwork } from './network.ts'
import { environmentAt } from './storage.ts'

export interface RelayProcess {
  url: string
  /** All that it has printed. */
  output: () => string
  kill: (signal: 'SIGKILL' | 'SIGTERM') => Promise<number | null>
}

const upMs = 15_000

export function spawnRelay(environment: Record<string, string>): ChildProcess {
  const env = { PATH: process.env.PATH ?? '', ...environment }
  return spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** A relay as an operator runs it, up and healthy. */
export async function startRelayProcess(
  { networkFile }: TestNetwork,
  place: { dir: string; port: number; wsPort: number },
  environment: Record<string, string> = {},
): Promise<RelayProcess> {
  const child = spawnRelay({
    RELAY_PORT: String(place.port),
    RELAY_WS_PORT: String(place.wsPort),
    RELAY_DATA: place.dir,
    LEDGER_NETWORK: networkFile,
    RELAY_SPONSOR_KEY: sponsorKey,
    ...(await environmentAt(place.dir)),
    ...environment,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${place.port}`
  const deadline = Date.now() + upMs
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`The relay did not start: ${output}`)
    await delay(50)
  }
  return {
    url,
    output: () => output,
    kill: async (signal) => {
      child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok
  } catch {
    return false
  }
}
