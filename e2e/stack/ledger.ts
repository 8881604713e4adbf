import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type Address, createWalletClient, defineChain, http, publicActions } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { encodeApproveSupport } from '../../shared/contracts/attestations.ts'
import { encodeRegister, encodeUpdate } from '../../shared/contracts/authority.ts'
import { deployContracts } from '../../shared/contracts/deploy.ts'
import { openLedger } from '../../shared/contracts/ledger.ts'
import { encodeAppoint, isOfficer, officerRoles } from '../../shared/contracts/officers.ts'
import {
  type Organization,
  organizationIdOf,
  readOrganization,
} from '../../shared/contracts/organizations.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type Network, networkSchema } from '../../shared/protocol/network.ts'
import { embeddedLedgerKeys } from './keys.ts'

const year = 365 * 24 * 60 * 60

/** The account of the demo's health authority, which may register organizations. */
export function authorityWallet(rpcUrl: string, chainId: number) {
  const chain = defineChain({
    id: chainId,
    name: 'Embedded ledger',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  return createWalletClient({
    account: privateKeyToAccount(embeddedLedgerKeys.authority),
    chain,
    transport: http(rpcUrl),
  })
}
export type AuthorityWallet = ReturnType<typeof authorityWallet>

/** The network that `path` describes, deployed anew when the chain behind it does not know it. */
export async function ensureNetwork(
  wallet: AuthorityWallet,
  path: string,
  describe: Pick<Network, 'name' | 'rpcUrl' | 'relays'>,
): Promise<Network> {
  const known = existsSync(path) ? networkSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined
  const code = known && (await wallet.extend(publicActions).getCode({ address: known.contracts.records }))
  const network =
    known && code
      ? { ...known, ...describe }
      : {
          ...describe,
          ...(await deployContracts(wallet, { registrars: [wallet.account.address] })),
          confirmations: 0,
        }
  const checked = networkSchema.parse(network)
  writeFileSync(path, `${JSON.stringify(checked, null, 2)}\n`)
  return checked
}

/** Gives another officer of the authority all roles, unless that was done before. */
export async function ensureOfficer(wallet: AuthorityWallet, network: Network, officer: Address) {
  const ledger = openLedger(network)
  for (const role of officerRoles) {
    if (await isOfficer(ledger, officer, role)) continue
    await submit(wallet, encodeAppoint(ledger.deployment, officer, role))
  }
}

/** What the authority has checked of an organization, as a person would write it down. */
export type Accreditation = Pick<Organization, 'name' | 'recipient' | 'origins'> & {
  identifier: string
  signer: Organization['signer']
}

/** Registers an organization, or states it anew when anything differs. */
export async function ensureAccredited(
  wallet: AuthorityWallet,
  network: Network,
  accreditation: Accreditation,
) {
  const ledger = openLedger(network)
  const id = organizationIdOf(accreditation.identifier)
  const current = await readOrganization(ledger, id)
  const now = Number((await wallet.extend(publicActions).getBlock()).timestamp)
  const statement = {
    name: accreditation.name,
    signer: accreditation.signer,
    recipient: accreditation.recipient,
    origins: accreditation.origins,
    validFrom: current?.validFrom ?? now,
    validUntil: current?.validUntil ?? now + 2 * year,
  }
  const same =
    current?.signer.toLowerCase() === statement.signer.toLowerCase() &&
    current.recipient === statement.recipient &&
    current.name === statement.name &&
    current.origins.join() === statement.origins.join()
  if (same) return
  const encode = current ? encodeUpdate : encodeRegister
  await submit(wallet, encode(ledger.deployment, id, statement))
}

/** Lets one organization check what another deposits, unless the authority said so before. */
export async function ensureSupport(
  wallet: AuthorityWallet,
  network: Network,
  author: string,
  supporter: string,
): Promise<void> {
  const { deployment } = openLedger(network)
  const call = encodeApproveSupport(deployment, organizationIdOf(author), organizationIdOf(supporter))
  try {
    await submit(wallet, call)
  } catch (error) {
    if (!(error instanceof CarekeyError && error.data.error === 'AlreadyApproved')) throw error
  }
}
