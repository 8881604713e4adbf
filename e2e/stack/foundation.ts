import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startAnvil } from '../../shared/contracts/anvil.ts'
import type { Network } from '../../shared/protocol/network.ts'
import { type Child, startChild } from './child.ts'
import { embeddedLedgerKeys } from './keys.ts'
import { type AuthorityWallet, authorityWallet, ensureNetwork } from './ledger.ts'
import type { Ports } from './ports.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

export interface FoundationOptions {
  /** Where all state lives. */
  dir: string
  ports: Pick<Ports, 'ledger' | 'relay' | 'relayWebSocket'>
  /** Blocks also come at this interval, so that time passes on an idle chain. */
  blockIntervalSeconds?: number
  /** Told before each step that may take over a second. */
  progress?: (step: string) => void
}

/** What every hospital and patient stands on: a ledger with the contracts, and a relay. */
export interface Foundation {
  dir: string
  network: Network
  networkFile: string
  relayOrigin: string
  authority: AuthorityWallet
  relay: () => Child
  /** Starts the relay again after it was stopped or killed. */
  restartRelay: () => Promise<void>
  stopLedger: () => Promise<void>
  /** Starts the ledger again with the state that it had. */
  restartLedger: () => Promise<void>
  /** Something more to end, before everything that was started earlier. */
  alsoStop: (end: () => Promise<void>) => void
  /** Ends every process in the reverse order; a second call waits too. */
  stop: () => Promise<void>
}

const blockIntervalSeconds = 2

export const loopback = (port: number) => `http://127.0.0.1:${port}`

/** Starts the ledger, deploys, starts the relay. If one fails, ends those already started and throws. */
export async function startFoundation(options: FoundationOptions): Promise<Foundation> {
  const dir = resolve(options.dir)
  const tell = options.progress ?? (() => undefined)
  const relayOrigin = loopback(options.ports.relay)
  const networkFile = join(dir, 'network.json')
  mkdirSync(dir, { recursive: true })
  const ends = stopper()
  try {
    tell('Starting the ledger')
    const startLedger = () =>
      startAnvil({
        port: options.ports.ledger,
        stateFile: join(dir, 'ledger.json'),
        blockIntervalSeconds: options.blockIntervalSeconds ?? blockIntervalSeconds,
      })
    let ledger = await startLedger()
    ends.add(() => ledger.stop())

    tell('Deploying the contracts')
    const authority = authorityWallet(ledger.rpcUrl, ledger.chainId)
    const network = await ensureNetwork(authority, networkFile, {
      name: 'Carekey on this machine',
      rpcUrl: ledger.rpcUrl,
      relays: [relayOrigin],
    })

    tell('Starting the relay')
    const startRelay = () =>
      startChild({
        name: 'The relay',
        script: join(repository, 'relay/main.ts'),
        env: {
          RELAY_PORT: String(options.ports.relay),
          RELAY_WS_PORT: String(options.ports.relayWebSocket),
          RELAY_DATA: join(dir, 'relay'),
          RELAY_NAME: 'Carekey relay on this machine',
          RELAY_SPONSOR_KEY: embeddedLedgerKeys.sponsor,
          LEDGER_NETWORK: networkFile,
        },
        logFile: join(dir, 'logs/relay.log'),
        readyUrl: `${relayOrigin}/health`,
      })
    let relay = await startRelay()
    ends.add(() => relay.stop())

    return {
      dir,
      network,
      networkFile,
      relayOrigin,
      authority,
      relay: () => relay,
      restartRelay: async () => {
        await relay.stop()
        relay = await startRelay()
      },
      stopLedger: () => ledger.stop(),
      restartLedger: async () => {
        await ledger.stop()
        ledger = await startLedger()
      },
      alsoStop: ends.add,
      stop: ends.stop,
    }
  } catch (error) {
    await ends.stop()
    throw error
  }
}

function stopper() {
  const ends: (() => Promise<void>)[] = []
  let stopping: Promise<void> | undefined
  const stopAll = async () => {
    for (const end of ends.toReversed()) await end()
  }
  return {
    add: (end: () => Promise<void>) => {
      ends.push(end)
    },
    stop: () => {
      stopping ??= stopAll()
      return stopping
    },
  }
}
