import { type Address, encodeFunctionData, getContract, keccak256, stringToBytes } from 'viem'
import { addressSchema } from '../protocol/ids.ts'
import type { Deployment } from '../protocol/typed-data.ts'
import type { Call } from './calls.ts'
import { inPieces } from './events.ts'
import { accreditationAbi } from './generated/accreditation.ts'
import { type Ledger, reading } from './ledger.ts'

/** Registrars register, suspend and review; adjudicators answer disputes. */
const roleHashes = {
  registrar: keccak256(stringToBytes('REGISTRAR_ROLE')),
  adjudicator: keccak256(stringToBytes('ADJUDICATOR_ROLE')),
} as const
export const officerRoles = ['registrar', 'adjudicator'] as const
export type OfficerRole = (typeof officerRoles)[number]

/** Who may act for the authority. */
export interface Officers {
  /** Appoints and dismisses the others. */
  admin: Address
  /** Who becomes admin by accepting, once the delay is over; null if nobody was named. */
  nextAdmin: Address | null
  registrars: Address[]
  adjudicators: Address[]
}

/** Gives an account a role. Only the admin may. */
export const encodeAppoint = (
  deployment: Deployment,
  officer: Address,
  role: OfficerRole = 'registrar',
): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'grantRole',
    args: [roleHashes[role], officer],
  }),
})

/** Takes a role from an account. Only the admin may. */
export const encodeDismiss = (
  deployment: Deployment,
  officer: Address,
  role: OfficerRole = 'registrar',
): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'revokeRole',
    args: [roleHashes[role], officer],
  }),
})

/** Names the next admin, who accepts once the registry's delay is over. Only the admin may. */
export const encodeBeginAdminTransfer = (deployment: Deployment, next: Address): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'beginDefaultAdminTransfer',
    args: [next],
  }),
})

/** Only who was named may. */
export const encodeAcceptAdminTransfer = (deployment: Deployment): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({ abi: accreditationAbi, functionName: 'acceptDefaultAdminTransfer' }),
})

/** Whether an account has a role now. */
export const isOfficer = (
  ledger: Ledger,
  account: Address,
  role: OfficerRole = 'registrar',
): Promise<boolean> => reading(registry(ledger).read.hasRole([roleHashes[role], account]))

/** Admin and officers as they stand now. */
export async function readOfficers(ledger: Ledger): Promise<Officers> {
  const [admin, [next], registrars, adjudicators] = await Promise.all([
    reading(registry(ledger).read.defaultAdmin()),
    reading(registry(ledger).read.pendingDefaultAdmin()),
    readAppointed(ledger, 'registrar'),
    readAppointed(ledger, 'adjudicator'),
  ])
  const nextAdmin = BigInt(next) === 0n ? null : addressSchema.parse(next)
  return { admin: addressSchema.parse(admin), nextAdmin, registrars, adjudicators }
}

/** In the order in which they were first appointed. */
async function readAppointed(ledger: Ledger, role: OfficerRole): Promise<Address[]> {
  const granted = await inPieces(ledger, {}, (blocks) =>
    ledger.client.getContractEvents({
      abi: accreditationAbi,
      address: ledger.deployment.contracts.accreditation,
      eventName: 'RoleGranted',
      args: { role: roleHashes[role] },
      strict: true,
      ...blocks,
    }),
  )
  const ever = [...new Set(granted.map(({ args }) => addressSchema.parse(args.account)))]
  const still = await Promise.all(ever.map((account) => isOfficer(ledger, account, role)))
  return ever.filter((_, index) => still[index])
}

const registry = (ledger: Ledger) =>
  getContract({
    abi: accreditationAbi,
    address: ledger.deployment.contracts.accreditation,
    client: ledger.client,
  })
