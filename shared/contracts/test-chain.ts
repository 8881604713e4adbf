// The chain that tests run on: Anvil in memory, or with LEDGER_URL whatever node answers there.
import { type Chain, createPublicClient, createTestClient, type Hex, http, isHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { startAnvil } from './anvil.ts'

/** Anvil's first account, rich on every fresh chain; its key is public. */
const anvilKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

export interface TestChain {
  rpcUrl: string
  chain: Chain
  /** Pays for everything: LEDGER_KEY's, or Anvil's first. */
  payer: PrivateKeyAccount
  /** Mines a block that many seconds later; null where the clock is the chain's own. */
  passTime: ((seconds: number) => Promise<void>) | null
  /** Ends the chain, if it was started here. */
  stop: () => Promise<void>
}

/** Takes the node that is given, else LEDGER_URL's, else starts one. */
export async function openTestChain(given = process.env.LEDGER_URL): Promise<TestChain> {
  if (!given) {
    const { rpcUrl, stop } = await startAnvil()
    return {
      rpcUrl,
      chain: foundry,
      payer: privateKeyToAccount(anvilKey),
      passTime: clockOf(rpcUrl, foundry),
      stop,
    }
  }
  const client = createPublicClient({ transport: http(given) })
  const id = await client.getChainId()
  const version: string = await client.request({ method: 'web3_clientVersion' })
  const chain = { ...foundry, id, rpcUrls: { default: { http: [given] } } }
  return {
    rpcUrl: given,
    chain,
    payer: privateKeyToAccount(givenKey()),
    passTime: version.startsWith('anvil/') ? clockOf(given, chain) : null,
    stop: async () => undefined,
  }
}

function givenKey(): Hex {
  const key = process.env.LEDGER_KEY ?? anvilKey
  if (!isHex(key) || key.length !== 66) {
    throw new Error('LEDGER_KEY is not a private key: 0x and 64 hex digits, of an account that can pay.')
  }
  return key
}

function clockOf(rpcUrl: string, chain: Chain) {
  const clock = createTestClient({ chain, mode: 'anvil', transport: http(rpcUrl) })
  return async (seconds: number) => {
    await clock.increaseTime({ seconds })
    await clock.mine({ blocks: 1 })
  }
}
