import { generateHybridIdentity, identityToRecipient } from 'age-encryption'
import { createWalletClient, type Hex, http } from 'viem'
import {
  generatePrivateKey,
  mnemonicToAccount,
  type PrivateKeyAccount,
  privateKeyToAccount,
} from 'viem/accounts'
import { anvil } from 'viem/chains'
import { type Anvil, startAnvil } from '../../contracts/anvil.ts'
import { encodeRegister, encodeSuspend } from '../../contracts/authority.ts'
import type { Call } from '../../contracts/calls.ts'
import { deployContracts } from '../../contracts/deploy.ts'
import { organizationIdOf } from '../../contracts/organizations.ts'
import { type PayingWallet, submit } from '../../contracts/submit.ts'
import type { OrganizationId } from '../../protocol/ids.ts'
import type { Network } from '../../protocol/network.ts'

/** An organization with everything that its portal is configured with. */
export interface TestOrganization {
  id: OrganizationId
  name: string
  account: PrivateKeyAccount
  recipient: string
  options: { identifier: string; signingKey: Hex; ageIdentity: string; origin: string }
}

/** A real ledger with our contracts on it, and an authority that can register organizations. */
export interface World {
  network: Network
  wallet: PayingWallet
  send(call: Call): Promise<unknown>
  register(name: string): Promise<TestOrganization>
  suspend(organization: TestOrganization): Promise<void>
  /** Moves the chain's clock forward and mines a block. */
  pass(seconds: number): Promise<void>
  stop(): Promise<void>
}

const year = 365 * 24 * 60 * 60
const relay = 'http://127.0.0.1:1'

export async function startWorld(): Promise<World> {
  const chain: Anvil = await startAnvil()
  const wallet = createWalletClient({
    account: mnemonicToAccount('test test test test test test test test test test test junk'),
    chain: { ...anvil, id: chain.chainId },
    transport: http(chain.rpcUrl),
    pollingInterval: 50,
  })
  const { chainId, contracts, deployedAtBlock } = await deployContracts(wallet, {
    registrars: [wallet.account.address],
  })
  const network: Network = {
    name: 'Test',
    chainId,
    rpcUrl: chain.rpcUrl,
    contracts: contracts as Network['contracts'],
    deployedAtBlock,
    confirmations: 0,
    relays: [relay],
  }
  // One after the other, or two would take the same nonce.
  let last: Promise<unknown> = Promise.resolve()
  const send = (call: Call) => {
    last = last.catch(() => undefined).then(() => submit(wallet, call))
    return last
  }

  async function register(name: string): Promise<TestOrganization> {
    const host = name.toLowerCase().replaceAll(/[^a-z]+/g, '')
    const identifier = `https://${host}.example`
    const signingKey = generatePrivateKey()
    const account = privateKeyToAccount(signingKey)
    const ageIdentity = await generateHybridIdentity()
    const recipient = await identityToRecipient(ageIdentity)
    const id = organizationIdOf(identifier)
    const now = Math.floor(Date.now() / 1_000)
    await send(
      encodeRegister(network, id, {
        name,
        signer: account.address.toLowerCase() as Hex,
        recipient,
        origins: [identifier],
        validFrom: now - year,
        validUntil: now + year,
      }),
    )
    return {
      id,
      name,
      account,
      recipient,
      options: { identifier, signingKey, ageIdentity, origin: identifier },
    }
  }

  return {
    network,
    wallet,
    send,
    register,
    async suspend({ id }) {
      await send(encodeSuspend(network, id))
    },
    async pass(seconds) {
      await rpc(chain.rpcUrl, 'evm_increaseTime', [seconds])
      await rpc(chain.rpcUrl, 'evm_mine', [])
    },
    stop: () => chain.stop(),
  }
}

async function rpc(url: string, method: string, params: unknown[]): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  if (!response.ok) throw new Error(`${method}: HTTP ${response.status}`)
}
