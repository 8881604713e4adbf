import { createPublicClient, http, type PublicClient } from 'viem'
import type { Network } from '../protocol/network.ts'
import type { Deployment } from '../protocol/typed-data.ts'
import { asLedgerError } from './refusals.ts'

/** Where to read: a node's address and what was deployed there. */
export type LedgerConfig = Pick<Network, 'chainId' | 'contracts' | 'rpcUrl'> &
  Partial<Pick<Network, 'deployedAtBlock'>>

/** A reading view of one deployment. Holds no connection: nothing to close. */
export interface Ledger {
  readonly client: PublicClient
  readonly deployment: Deployment
  /** Where reading events begins. */
  readonly deployedAtBlock: bigint
}

const second = 1_000
const requestTimeoutMs = 10 * second
const pollingIntervalMs = 200
const retries = 2

/**
 * Makes no request; several calls in one tick travel as one. When `signal` aborts, every read in flight fails.
 */
export function openLedger(config: LedgerConfig, signal?: AbortSignal): Ledger {
  const client = createPublicClient({
    transport: http(config.rpcUrl, {
      batch: true,
      timeout: requestTimeoutMs,
      retryCount: retries,
      ...(signal ? { fetchOptions: { signal } } : {}),
    }),
    pollingInterval: pollingIntervalMs,
    // A cached block number would hide what was mined a moment ago.
    cacheTime: 0,
  })
  return {
    client,
    deployment: { chainId: config.chainId, contracts: config.contracts },
    deployedAtBlock: BigInt(config.deployedAtBlock ?? 0),
  }
}

/** The newest block. An idle chain's clock stands still: compare `timestamp` with your own clock as well. */
export interface LedgerHead {
  blockNumber: number
  /** Unix seconds */
  timestamp: number
}

export async function readHead(ledger: Ledger): Promise<LedgerHead> {
  const block = await reading(ledger.client.getBlock({ blockTag: 'latest' }))
  return { blockNumber: Number(block.number), timestamp: Number(block.timestamp) }
}

/** Whether the node answers for the chain that this deployment names; throws `ledger-unreachable`. */
export async function isExpectedChain(ledger: Ledger): Promise<boolean> {
  return (await reading(ledger.client.getChainId())) === ledger.deployment.chainId
}

/** Every read goes through here, so that whatever fails is a `CarekeyError`: a declared refusal or `ledger-unreachable`. */
export async function reading<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw asLedgerError(error)
  }
}
