import { createPublicClient, createWalletClient, defineChain, type Hash, http, type Transport } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { PayingWallet } from '../submit.ts'
import { UsageError } from './failure.ts'

const second = 1_000
const timeoutMs = 10 * second

/** The chain behind an RPC address; throws with what to do if nothing answers there. */
export async function chainIdAt(rpcUrl: string): Promise<number> {
  const client = createPublicClient({ transport: http(rpcUrl, { timeout: timeoutMs, retryCount: 1 }) })
  try {
    return await client.getChainId()
  } catch (cause) {
    throw new UsageError(
      `No ledger answers at ${withoutSecrets(rpcUrl)}. Check the address, and that the node runs.`,
      { cause },
    )
  }
}

/** A wallet on that chain. `onSent` hears of each transaction that leaves it. */
export function walletAt(
  rpcUrl: string,
  chainId: number,
  account: PrivateKeyAccount,
  onSent: (hash: Hash) => void = () => undefined,
): PayingWallet {
  const chain = defineChain({
    id: chainId,
    name: `Chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const plain = http(rpcUrl, { timeout: timeoutMs })
  const transport: Transport = (settings) => {
    const made = plain(settings)
    const request: typeof made.request = async (asked) => {
      const answer = await made.request(asked)
      if (asked.method === 'eth_sendRawTransaction') onSent(answer as Hash)
      return answer as never
    }
    return { ...made, request }
  }
  return createWalletClient({ account, chain, transport })
}

/** An RPC address without what may open it to others: user, password, query and path. */
export function withoutSecrets(rpcUrl: string): string {
  const { origin, pathname } = new URL(rpcUrl)
  return pathname === '/' ? origin : `${origin}/…`
}
