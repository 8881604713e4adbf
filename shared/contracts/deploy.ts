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
import type { Call } from './calls.ts'
import { accreditationAbi, accreditationBytecode } from './generated/accreditation.ts'
import { attestationsAbi, attestationsBytecode } from './generated/attestations.ts'
import { batchesAbi, batchesBytecode } from './generated/batches.ts'
import { consentsAbi, consentsBytecode } from './generated/consents.ts'
import { creditsAbi, creditsBytecode } from './generated/credits.ts'
import { delegationsAbi, delegationsBytecode } from './generated/delegations.ts'
import { disputesAbi, disputesBytecode } from './generated/disputes.ts'
import { emergencyAccessAbi, emergencyAccessBytecode } from './generated/emergency-access.ts'
import { practitionersAbi, practitionersBytecode } from './generated/practitioners.ts'
import { recordsAbi, recordsBytecode } from './generated/records.ts'
import { statisticsAbi, statisticsBytecode } from './generated/statistics.ts'
import { validatorsAbi, validatorsBytecode } from './generated/validators.ts'
import { asLedgerError } from './refusals.ts'
import { type PayingWallet, submit } from './submit.ts'

const hour = 60 * 60
/** Threats, T32: a stolen admin key must not take the registry over within a weekend. */
const adminDelaySeconds = 48 * hour

export interface DeployOptions {
  /** May register organizations. */
  registrars: readonly Address[]
  /** May answer disputes; the registrars if left out. */
  adjudicators?: readonly Address[]
  /** The nodes that produce blocks before any election; the wallet itself if left out. */
  validators?: readonly Address[]
  /** Appoints registrars; the wallet itself if left out. If it is another account, no officer can be named. */
  admin?: Address
  /** Before a change of the admin takes effect; two days if left out. */
  adminDelaySeconds?: number
  signal?: AbortSignal
}

/** What a network's configuration needs to know. */
export interface Deployed extends Deployment {
  deployedAtBlock: number
}

/** Deploys the contracts and appoints the officers. Throws a `CarekeyError`. */
export async function deployContracts(wallet: PayingWallet, options: DeployOptions): Promise<Deployed> {
  const admin = options.admin ?? wallet.account.address
  const adjudicators = options.adjudicators ?? options.registrars
  if (admin !== wallet.account.address && options.registrars.length + adjudicators.length > 0) {
    throw new CarekeyError('params-invalid', 'Only the admin can appoint officers: let it do so afterwards.')
  }
  const { signal } = options
  const deploy = (abi: Abi, bytecode: Hex, args: readonly unknown[]) =>
    create(wallet, abi, bytecode, args, signal)
  const delay = options.adminDelaySeconds ?? adminDelaySeconds
  const registry = await deploy(accreditationAbi, accreditationBytecode, [delay, admin])
  const accreditation = registry.address
  const { address: delegations } = await deploy(delegationsAbi, delegationsBytecode, [])
  const { address: consents } = await deploy(consentsAbi, consentsBytecode, [accreditation, delegations])
  const { address: records } = await deploy(recordsAbi, recordsBytecode, [accreditation])
  const { address: batches } = await deploy(batchesAbi, batchesBytecode, [accreditation, consents, records])
  const { address: practitioners } = await deploy(practitionersAbi, practitionersBytecode, [accreditation])
  const { address: attestations } = await deploy(attestationsAbi, attestationsBytecode, [
    accreditation,
    records,
  ])
  const { address: emergencyAccess } = await deploy(emergencyAccessAbi, emergencyAccessBytecode, [
    practitioners,
    accreditation,
  ])
  const { address: disputes } = await deploy(disputesAbi, disputesBytecode, [accreditation])
  const { address: statistics } = await deploy(statisticsAbi, statisticsBytecode, [accreditation])
  const { address: credits } = await deploy(creditsAbi, creditsBytecode, [
    accreditation,
    attestations,
    records,
    disputes,
  ])
  const seats = [...(options.validators ?? [wallet.account.address])].sort((a, b) =>
    BigInt(a) < BigInt(b) ? -1 : 1,
  )
  const { address: validators } = await deploy(validatorsAbi, validatorsBytecode, [
    accreditation,
    credits,
    seats,
  ])
  for (const registrar of options.registrars) {
    await submit(wallet, appointment(accreditation, 'REGISTRAR_ROLE', registrar), signal)
  }
  for (const adjudicator of adjudicators) {
    await submit(wallet, appointment(accreditation, 'ADJUDICATOR_ROLE', adjudicator), signal)
  }
  return {
    chainId: wallet.chain.id,
    contracts: {
      accreditation,
      consents,
      records,
      batches,
      practitioners,
      attestations,
      emergencyAccess,
      delegations,
      disputes,
      statistics,
      credits,
      validators,
    },
    deployedAtBlock: registry.blockNumber,
  }
}

/** What the admin sends to give an officer a role. */
const appointment = (
  accreditation: Address,
  role: 'REGISTRAR_ROLE' | 'ADJUDICATOR_ROLE',
  officer: Address,
): Call => ({
  to: accreditation,
  data: encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'grantRole',
    args: [keccak256(stringToBytes(role)), officer],
  }),
})

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
