import { createTestClient, createWalletClient, defineChain, http, publicActions } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { startAnvil } from '../../../shared/contracts/anvil.ts'
import {
  encodeApproveSupport,
  encodeNameSupporters,
  readSupporters,
} from '../../../shared/contracts/attestations.ts'
import { encodeRegister, encodeSuspend, type Registration } from '../../../shared/contracts/authority.ts'
import { deployContracts } from '../../../shared/contracts/deploy.ts'
import { openLedger } from '../../../shared/contracts/ledger.ts'
import { organizationIdOf } from '../../../shared/contracts/organizations.ts'
import { type PayingWallet, submit } from '../../../shared/contracts/submit.ts'
import { recipientOf, storageIdentity } from '../../../shared/crypto/derive.ts'
import { namingTypedData } from '../../../shared/protocol/attestation.ts'
import { addressSchema, type OrganizationId, signatureSchema } from '../../../shared/protocol/ids.ts'
import { type Network, networkSchema } from '../../../shared/protocol/network.ts'

/** Anvil's first account. */
const authorityKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const year = 365 * 24 * 60 * 60

export const relayOrigin = 'https://relay.example'

/** An organization that can sign and open. */
export interface Organization {
  id: OrganizationId
  name: string
  origin: string
  account: PrivateKeyAccount
  identity: string
}

export interface TestChain {
  network: Network
  wallet: PayingWallet
  /** The newest block's time, Unix seconds. */
  time(): Promise<number>
  /** Moves the chain's clock. */
  pass(seconds: number): Promise<void>
  register(name: string, change?: Partial<Registration>): Promise<Organization>
  suspend(organization: Organization): Promise<void>
  /** The authority approves, and the author names them on the ledger; in the order of their places. */
  support(author: Organization, supporters: Organization[]): Promise<Organization[]>
  stop(): Promise<void>
}

/** A real chain with the real contracts. */
export async function startChain(): Promise<TestChain> {
  const anvil = await startAnvil()
  const chain = defineChain({
    id: anvil.chainId,
    name: 'Test',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [anvil.rpcUrl] } },
  })
  const wallet = createWalletClient({
    account: privateKeyToAccount(authorityKey),
    chain,
    transport: http(anvil.rpcUrl),
  })
  const clock = createTestClient({ mode: 'anvil', chain, transport: http(anvil.rpcUrl) })
  const reader = wallet.extend(publicActions)
  const deployed = await deployContracts(wallet, { registrars: [wallet.account.address] })
  const network = networkSchema.parse({
    name: 'Test',
    rpcUrl: anvil.rpcUrl,
    relays: [relayOrigin],
    confirmations: 0,
    ...deployed,
  })
  const time = async () => Number((await reader.getBlock()).timestamp)

  return {
    network,
    wallet,
    time,
    async pass(seconds) {
      await clock.increaseTime({ seconds })
      await clock.mine({ blocks: 1 })
    },
    async register(name, change = {}) {
      const slug = name.toLowerCase().replace(/[^a-z]+/g, '')
      const origin = `https://${slug}.example`
      const account = privateKeyToAccount(generatePrivateKey())
      const identity = storageIdentity(crypto.getRandomValues(new Uint8Array(64)))
      const id = organizationIdOf(origin)
      const now = await time()
      const registration: Registration = {
        name,
        signer: addressSchema.parse(account.address),
        recipient: await recipientOf(identity),
        origins: [origin],
        validFrom: now,
        validUntil: now + year,
        ...change,
      }
      await submit(wallet, encodeRegister(network, id, registration))
      return { id, name, origin, account, identity }
    },
    async suspend(organization) {
      await submit(wallet, encodeSuspend(network, organization.id))
    },
    async support(author, supporters) {
      const named = [...supporters].sort((a, b) => (a.id < b.id ? -1 : 1))
      for (const { id } of named) await submit(wallet, encodeApproveSupport(network, author.id, id))
      const { round } = await readSupporters(openLedger(network), author.id)
      const naming = {
        author: author.id,
        supporters: named.map(({ id }) => id),
        round: round + 1,
        deadline: (await time()) + year,
      }
      const signature = await author.account.signTypedData(namingTypedData(network, naming))
      await submit(
        wallet,
        encodeNameSupporters(network, { naming, signature: signatureSchema.parse(signature) }),
      )
      return named
    },
    stop: anvil.stop,
  }
}
