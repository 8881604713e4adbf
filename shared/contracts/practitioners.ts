import { type Address, encodeFunctionData, getContract, keccak256, stringToBytes } from 'viem'
import { z } from 'zod'
import { CarekeyError } from '../protocol/errors.ts'
import {
  addressSchema,
  NO_HASH,
  type OrganizationId,
  organizationIdSchema,
  type PractitionerId,
  practitionerIdSchema,
} from '../protocol/ids.ts'
import { type Role, roles } from '../protocol/roles.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import type { Call } from './calls.ts'
import { practitionersAbi } from './generated/practitioners.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const roleSchema = z
  .int()
  .min(1)
  .max(roles.length)
  .transform((index) => roles[index - 1] as Role)

const standingSchema = z.object({
  organization: organizationIdSchema,
  role: roleSchema,
  signer: addressSchema,
  /** Unix seconds, inclusive */
  validFrom: wholeNumberSchema,
  /** Unix seconds, exclusive */
  validUntil: wholeNumberSchema,
  suspended: z.boolean(),
})

/** A practitioner's own standing; accredited only while the organization is, too. */
export type PractitionerStanding = z.infer<typeof standingSchema>
export type Practitioner = PractitionerStanding & { id: PractitionerId }
/** What a registrar states about a practitioner. */
export type PractitionerStatement = Omit<PractitionerStanding, 'organization' | 'suspended'>

const pageLength = 100n

/** The ledger's key of a practitioner: keccak256 of its identifier URI. */
export const practitionerIdOf = (identifier: string): PractitionerId =>
  practitionerIdSchema.parse(keccak256(stringToBytes(identifier)))

export const encodeRegisterPractitioner = (
  deployment: Deployment,
  id: PractitionerId,
  organization: OrganizationId,
  statement: PractitionerStatement,
): Call => ({
  to: laterContract(deployment, 'practitioners'),
  data: encodeFunctionData({
    abi: practitionersAbi,
    functionName: 'register',
    args: [id, organization, onLedger(statement)],
  }),
})

/** States everything but the organization anew; a suspension stays. */
export const encodeUpdatePractitioner = (
  deployment: Deployment,
  id: PractitionerId,
  statement: PractitionerStatement,
): Call => ({
  to: laterContract(deployment, 'practitioners'),
  data: encodeFunctionData({
    abi: practitionersAbi,
    functionName: 'update',
    args: [id, onLedger(statement)],
  }),
})

export const encodeSuspendPractitioner = (deployment: Deployment, id: PractitionerId): Call => ({
  to: laterContract(deployment, 'practitioners'),
  data: encodeFunctionData({ abi: practitionersAbi, functionName: 'suspend', args: [id] }),
})

export const encodeReinstatePractitioner = (deployment: Deployment, id: PractitionerId): Call => ({
  to: laterContract(deployment, 'practitioners'),
  data: encodeFunctionData({ abi: practitionersAbi, functionName: 'reinstate', args: [id] }),
})

/** Null if nobody registered it. */
export async function readPractitioner(ledger: Ledger, id: PractitionerId): Promise<Practitioner | null> {
  try {
    return { id, ...standingSchema.parse(await reading(registry(ledger).read.practitioner([id]))) }
  } catch (error) {
    if (error instanceof CarekeyError && error.reason === 'practitioner-unknown') return null
    throw error
  }
}

/** All practitioners in the order of registration. */
export async function listPractitioners(ledger: Ledger): Promise<Practitioner[]> {
  const practitioners: Practitioner[] = []
  const count = await reading(registry(ledger).read.practitionerCount())
  for (let from = 0n; from < count; from += pageLength) {
    const answer = await reading(registry(ledger).read.practitionerIds([from, pageLength]))
    const ids = z.array(practitionerIdSchema).parse(answer)
    const page = await Promise.all(ids.map((id) => readPractitioner(ledger, id)))
    practitioners.push(...page.filter((practitioner) => practitioner !== null))
  }
  return practitioners
}

/** The practitioner for whom an address signs now; null if none. */
export async function readPractitionerOfSigner(
  ledger: Ledger,
  signer: Address,
): Promise<Practitioner | null> {
  const answer = await reading(registry(ledger).read.practitionerOfSigner([signer]))
  const id = practitionerIdSchema.parse(answer)
  return id === NO_HASH ? null : readPractitioner(ledger, id)
}

/** Whether practitioner and organization are both accredited at the newest block's time. */
export const isPractitionerAccredited = (ledger: Ledger, id: PractitionerId): Promise<boolean> =>
  reading(registry(ledger).read.isAccredited([id]))

/**
 * What was registered at the end of a block; null if nothing was yet. Judge it by `accreditationRefusal` and the block's
 * own time, and the organization at that block by `readStandingAt`.
 */
export async function readPractitionerAt(
  ledger: Ledger,
  id: PractitionerId,
  blockNumber: number,
): Promise<PractitionerStanding | null> {
  const answer = await reading(registry(ledger).read.practitionerAt([id, BigInt(blockNumber)]))
  return BigInt(answer.signer) === 0n ? null : standingSchema.parse(answer)
}

/** Why nobody may act as this practitioner of an organization at a time; null when nothing stands against it. */
export function practitionerRefusal(
  practitioner: PractitionerStanding | null,
  organization: OrganizationId,
  time: number,
): 'practitioner-unknown' | 'practitioner-suspended' | 'practitioner-expired' | null {
  if (practitioner?.organization !== organization) return 'practitioner-unknown'
  if (practitioner.suspended) return 'practitioner-suspended'
  return time < practitioner.validFrom || time >= practitioner.validUntil ? 'practitioner-expired' : null
}

const registry = (ledger: Ledger) =>
  getContract({
    abi: practitionersAbi,
    address: laterContract(ledger.deployment, 'practitioners'),
    client: ledger.client,
  })

const onLedger = (statement: PractitionerStatement) => ({
  role: roles.indexOf(statement.role) + 1,
  signer: statement.signer,
  validFrom: BigInt(statement.validFrom),
  validUntil: BigInt(statement.validUntil),
})
