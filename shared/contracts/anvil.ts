import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

export interface AnvilOptions {
  /** A free one if left out. */
  port?: number
  chainId?: number
  /** Accounts and balances to begin with, as geth and Besu read them. */
  genesisFile?: string
  /** Kept on disk every second, so that it survives a kill. In memory if left out. */
  stateFile?: string
  /** Also mines when nothing was sent, so that the chain's clock moves and grants run out. */
  blockIntervalSeconds?: number
  /** Begins as a copy of that chain; nothing that happens here reaches it. */
  forkUrl?: string
}

export interface Anvil {
  rpcUrl: string
  chainId: number
  process: ChildProcess
  /** Ends it and waits; a second call waits too. */
  stop: () => Promise<void>
}

const defaultChainId = 31_337

/** Starts the embedded ledger on loopback and waits until it listens. Throws if it ends before. */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const chainId = options.chainId ?? defaultChainId
  const args = ['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--chain-id', String(chainId)]
  if (options.genesisFile) args.push('--init', options.genesisFile)
  if (options.stateFile) args.push('--state', options.stateFile, '--state-interval', '1')
  if (options.blockIntervalSeconds) {
    args.push('--block-time', String(options.blockIntervalSeconds), '--mixed-mining')
  }
  if (options.forkUrl) args.push('--fork-url', options.forkUrl)
  const child = spawn(findAnvil(), args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const port = await listening(child)
  return {
    rpcUrl: `http://127.0.0.1:${port}`,
    chainId,
    process: child,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The packaged binary where there is one for this system, else the one on PATH. */
function findAnvil(): string {
  try {
    return createRequire(import.meta.url).resolve('@foundry-rs/anvil-linux-amd64/bin/anvil')
  } catch {
    return 'anvil'
  }
}

function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new Error('The ledger could not be started: install Foundry, so that anvil is on PATH.', { cause }),
      ),
    )
    child.once('exit', (code) => reject(new Error(`The ledger ended with code ${code} before it listened.`)))
    if (!child.stdout) return
    // Read to the end, or the pipe fills and anvil stands still.
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /^Listening on .*:(\d+)$/.exec(line)?.[1]
      if (port) resolve(Number(port))
    })
  })
}
