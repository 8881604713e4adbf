import { encodeFunctionData, getContract, type Hex } from 'viem'
import { z } from 'zod'
import {
  type EmergencyCaseId,
  type EmergencyOpening,
  type EmergencyPolicy,
  type EmergencyVeto,
  openingMessage,
  policyMessage,
  type SignedEmergencyOpening,
  type SignedEmergencyPolicy,
} from '../protocol/emergency.ts'
import { NO_HASH, type OrganizationId, type Pseudonym } from '../protocol/ids.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import { type Call, partsOf } from './calls.ts'
import { emergencyAccessAbi } from './generated/emergency-access.ts'
import { type Ledger, reading } from './ledger.ts'

const states = ['none', 'waiting', 'open', 'vetoed', 'closed'] as const

/** An opened case. Times are Unix seconds, 0 where it has not happened. */
export interface EmergencyCase {
  state: Exclude<(typeof states)[number], 'none'>
  openedAt: number
  releaseFrom: number
  closesAt: number
  vetoedAt: number
  /** Null while the review is owed */
  review: { at: number; justified: boolean } | null
}

/** What the ledger keeps of a policy; the list of organizations stands in its event. */
export type EmergencyTerms = Omit<EmergencyPolicy, 'organizations' | 'deadline'>

export const encodeEmergencyPolicy = (
  deployment: Deployment,
  { policy, signature }: SignedEmergencyPolicy,
): Call => ({
  to: laterContract(deployment, 'emergencyAccess'),
  data: encodeFunctionData({
    abi: emergencyAccessAbi,
    functionName: 'statePolicy',
    args: [policyMessage(policy), partsOf(signature)],
  }),
})

/** `organizations` is the policy's list; empty if the policy lets any. */
export const encodeEmergencyOpening = (
  deployment: Deployment,
  { opening, signature }: SignedEmergencyOpening,
  organizations: readonly OrganizationId[] = [],
): Call => ({
  to: laterContract(deployment, 'emergencyAccess'),
  data: encodeFunctionData({
    abi: emergencyAccessAbi,
    functionName: 'open',
    args: [openingMessage(opening), organizations, partsOf(signature)],
  }),
})

export const encodeEmergencyVeto = (deployment: Deployment, veto: EmergencyVeto): Call => ({
  to: laterContract(deployment, 'emergencyAccess'),
  data: encodeFunctionData({
    abi: emergencyAccessAbi,
    functionName: 'veto',
    args: [
      veto.patient,
      veto.opening,
      veto.by,
      veto.guardian?.salt ?? NO_HASH,
      veto.guardian?.proof ?? [],
      BigInt(veto.deadline),
      partsOf(veto.signature),
    ],
  }),
})

/** A registrar's own act. `findingsHash` is a salted hash of what the review found. */
export const encodeEmergencyReview = (
  deployment: Deployment,
  patient: Pseudonym,
  id: EmergencyCaseId,
  { justified, findingsHash }: { justified: boolean; findingsHash: Hex },
): Call => ({
  to: laterContract(deployment, 'emergencyAccess'),
  data: encodeFunctionData({
    abi: emergencyAccessAbi,
    functionName: 'review',
    args: [patient, id, justified, findingsHash],
  }),
})

const termsSchema = z
  .object({
    patient: z.custom<Pseudonym>(),
    allowed: z.boolean(),
    waitSeconds: z.int(),
    windowSeconds: z.int(),
    threshold: z.int(),
    holders: z.int(),
    guardians: z.custom<Hex>(),
    holdersHash: z.custom<Hex>(),
    round: z.bigint().transform(Number),
  })
  .transform((terms) => ({ ...terms, guardians: terms.guardians === NO_HASH ? null : terms.guardians }))

/** Null if the patient never stated a policy. */
export async function readEmergencyTerms(ledger: Ledger, patient: Pseudonym): Promise<EmergencyTerms | null> {
  const answer = await reading(emergency(ledger).read.policyOf([patient]))
  const terms = termsSchema.parse({ ...answer, patient })
  return terms.round === 0 ? null : terms
}

/** Null if nobody opened it. */
export async function readEmergencyCase(
  ledger: Ledger,
  patient: Pseudonym,
  id: EmergencyCaseId,
): Promise<EmergencyCase | null> {
  const [index, kept] = await reading(emergency(ledger).read.caseOf([patient, id]))
  const state = states[index]
  if (state === undefined || state === 'none') return null
  const { openedAt, releaseFrom, closesAt, vetoedAt, reviewedAt, justified } = kept
  const review = reviewedAt === 0 ? null : { at: reviewedAt, justified }
  return { state, openedAt, releaseFrom, closesAt, vetoedAt, review }
}

/**
 * What a holder asks before it releases its share. On an idle chain time stands still: the holder compares `closesAt`
 * with its own clock as well.
 */
export const mayReleaseEmergencyShare = (
  ledger: Ledger,
  opening: EmergencyOpening,
  /** Of a final block; the newest if left out */
  blockNumber?: number,
): Promise<boolean> =>
  reading(
    emergency(ledger).read.mayRelease(
      [openingMessage(opening)],
      blockNumber === undefined ? {} : { blockNumber: BigInt(blockNumber) },
    ),
  )

const emergency = (ledger: Ledger) =>
  getContract({
    abi: emergencyAccessAbi,
    address: laterContract(ledger.deployment, 'emergencyAccess'),
    client: ledger.client,
  })
