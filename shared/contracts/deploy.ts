import {
  type Abi,
  type Address,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  keccak256,
  publicActions,
  stringToBytes,
} from 'viem'
import { CarekeyError } from '../protocol/errors.ts'
import { addressSchema } from '../protocol/ids.ts'
import type { Deployment } from '../protocol/typed-data.ts'
import { accreditationAbi, accreditationBytecode } from './generated/accreditation.ts'
import { attestationsAbi, attestationsBytecode } from './generated/attestations.ts'
import { batchesAbi, batchesBytecode } from './generated/batches.ts'
import { consentsAbi, consentsBytecode } from './generated/consents.ts'
import { emergencyAccessAbi, emergencyAccessBytecode } from './generated/emergency-access.ts'
import { practitionersAbi, practitionersBytecode } from './generated/practitioners.ts'
import { recordsAbi, recordsBytecode } from './generated/records.ts'
import { asLedgerError } from './refusals.ts'
import { type PayingWallet, submit } from './submit.ts'

const hour = 60 * 60
/** Threats, T32: a stolen admin key must not take the registry over within a weekend. */
const adminDelaySeconds = 48 * hour

export interface DeployOptions {
  /** May register organizations. */
  registrars: readonly Address[]
  /** Appoints registrars; the wallet itself if left out. If it is another account, `registrars` must be empty. */
  admin?: Address
  /** Before a change of the admin takes effect; two days if left out. */
  adminDelaySeconds?: number
  signal?: AbortSignal
}

/** What a network's configuration needs to know. */
export interface Deployed extends Deployment {
  deployedAtBlock: number
}

/** Deploys the contracts and appoints the registrars. Throws a `CarekeyError`. */
export async function deployContracts(wallet: PayingWallet, options: DeployOptions): Promise<Deployed> {
  const admin = options.admin ?? wallet.account.address
  if (admin !== wallet.account.address && options.registrars.length > 0) {
    throw new CarekeyError(
      'params-invalid',
      'Only the admin can appoint registrars: let it do so afterwards.',
    )
  }
  const { signal } = options
  const registry = await create(
    wallet,
    accreditationAbi,
    accreditationBytecode,
    [options.adminDelaySeconds ?? adminDelaySeconds, admin],
    signal,
  )
  const consents = await create(wallet, consentsAbi, consentsBytecode, [registry.address], signal)
  const records = await create(wallet, recordsAbi, recordsBytecode, [registry.address], signal)
  const batches = await create(
    wallet,
    batchesAbi,
    batchesBytecode,
    [registry.address, consents.address, records.address],
    signal,
  )
  const practitioners = await create(
    wallet,
    practitionersAbi,
    practitionersBytecode,
    [registry.address],
    signal,
  )
  const attestations = await create(
    wallet,
    attestationsAbi,
    attestationsBytecode,
    [registry.address, records.address],
    signal,
  )
  const emergencyAccess = await create(
    wallet,
    emergencyAccessAbi,
    emergencyAccessBytecode,
    [practitioners.address, registry.address],
    signal,
  )
  for (const registrar of options.registrars) {
    const data = encodeFunctionData({
      abi: accreditationAbi,
      functionName: 'grantRole',
      args: [keccak256(stringToBytes('REGISTRAR_ROLE')), registrar],
    })
    await submit(wallet, { to: registry.address, data }, signal)
  }
  return {
    chainId: wallet.chain.id,
    contracts: {
      accreditation: registry.address,
      consents: consents.address,
      records: records.address,
      batches: batches.address,
      practitioners: practitioners.address,
      attestations: attestations.address,
      emergencyAccess: emergencyAccess.address,
    },
    deployedAtBlock: registry.blockNumber,
  }
}

async function create(
  wallet: PayingWallet,
  abi: Abi,
  bytecode: Hex,
  args: readonly unknown[],
  signal?: AbortSignal,
): Promise<{ address: Address; blockNumber: number }> {
  signal?.throwIfAborted()
  try {
    const hash = await wallet.sendTransaction({
      data: encodeDeployData({ abi, bytecode, args }),
      account: wallet.account,
      chain: wallet.chain,
    })
    const receipt = await wallet
      .extend(publicActions)
      .waitForTransactionReceipt({ hash, pollingInterval: 50 })
    return { address: addressSchema.parse(receipt.contractAddress), blockNumber: Number(receipt.blockNumber) }
  } catch (error) {
    throw asLedgerError(error)
  }
}
