import { type Address, encodeFunctionData, getContract, keccak256, stringToBytes } from 'viem'
import { addressSchema } from '../protocol/ids.ts'
import type { Deployment } from '../protocol/typed-data.ts'
import type { Call } from './calls.ts'
import { inPieces } from './events.ts'
import { accreditationAbi } from './generated/accreditation.ts'
import { type Ledger, reading } from './ledger.ts'

const registrarRole = keccak256(stringToBytes('REGISTRAR_ROLE'))

/** Who may act for the authority. */
export interface Officers {
  /** Appoints and dismisses registrars. */
  admin: Address
  /** Who becomes admin by accepting, once the delay is over; null if nobody was named. */
  nextAdmin: Address | null
  registrars: Address[]
}

/** Lets an account register, suspend and review. Only the admin may. */
export const encodeAppoint = (deployment: Deployment, registrar: Address): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'grantRole',
    args: [registrarRole, registrar],
  }),
})

/** Takes that from an account. Only the admin may. */
export const encodeDismiss = (deployment: Deployment, registrar: Address): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'revokeRole',
    args: [registrarRole, registrar],
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

/** Whether an account may register, suspend and review now. */
export const isRegistrar = (ledger: Ledger, account: Address): Promise<boolean> =>
  reading(registry(ledger).read.hasRole([registrarRole, account]))

/** Admin and registrars as they stand now. */
export async function readOfficers(ledger: Ledger): Promise<Officers> {
  const granted = await inPieces(ledger, {}, (blocks) =>
    ledger.client.getContractEvents({
      abi: accreditationAbi,
      address: ledger.deployment.contracts.accreditation,
      eventName: 'RoleGranted',
      args: { role: registrarRole },
      strict: true,
      ...blocks,
    }),
  )
  const everAppointed = [...new Set(granted.map(({ args }) => addressSchema.parse(args.account)))]
  const [admin, [next], ...still] = await Promise.all([
    reading(registry(ledger).read.defaultAdmin()),
    reading(registry(ledger).read.pendingDefaultAdmin()),
    ...everAppointed.map((account) => isRegistrar(ledger, account)),
  ])
  return {
    admin: addressSchema.parse(admin),
    nextAdmin: BigInt(next) === 0n ? null : addressSchema.parse(next),
    registrars: everAppointed.filter((_, index) => still[index]),
  }
}

const registry = (ledger: Ledger) =>
  getContract({
    abi: accreditationAbi,
    address: ledger.deployment.contracts.accreditation,
    client: ledger.client,
  })
