import { encodeAbiParameters, hashTypedData, keccak256 } from 'viem'
import { z } from 'zod'
import {
  hash32Schema,
  NO_HASH,
  organizationIdSchema,
  type Pseudonym,
  practitionerIdSchema,
  pseudonymSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

const day = 24 * 60 * 60

/** In the order of `IEmergencyAccess.Reason`, with the words a patient reads; the ledger's 0 is none. */
export const emergencyReasons = {
  'cannot-consent': 'You could not be asked.',
  'cannot-be-reached': 'Whoever decides for you could not be reached.',
  'danger-to-life': 'Your life was in danger.',
  other: 'For another reason, which the practitioner wrote down.',
} as const
export const emergencyReasonSchema = z.enum(
  Object.keys(emergencyReasons) as [keyof typeof emergencyReasons, ...(keyof typeof emergencyReasons)[]],
)
export type EmergencyReason = z.infer<typeof emergencyReasonSchema>

/** An opening's digest. */
export const emergencyCaseIdSchema = hash32Schema.brand<'EmergencyCaseId'>()
export type EmergencyCaseId = z.infer<typeof emergencyCaseIdSchema>

/** Whether, by whom, after what wait and for how long an emergency summary may be opened. */
export const emergencyPolicySchema = z.strictObject({
  /** The patient's pseudonym for emergencies: what the card names */
  patient: pseudonymSchema,
  allowed: z.boolean(),
  waitSeconds: z
    .int()
    .min(0)
    .max(7 * day),
  windowSeconds: z
    .int()
    .min(1)
    .max(7 * day),
  /** Shares that must come together; at least 2, so that no single party opens anything */
  threshold: z.int().min(2).max(16),
  holders: z.int().min(2).max(16),
  /** Whose emergency practitioners may open; empty for any */
  organizations: z.array(organizationIdSchema).max(16),
  /** Merkle root over the leaves of those who may veto besides the patient; `null` for nobody */
  guardians: hash32Schema.nullable(),
  /** Salted hash of who holds the shares */
  holdersHash: hash32Schema,
  /** One more than the patient's last, the first being 1 */
  round: z.int().min(1),
  deadline: unixSecondsSchema,
})
export type EmergencyPolicy = z.infer<typeof emergencyPolicySchema>

/** A practitioner's claim that there is an emergency. */
export const emergencyOpeningSchema = z.strictObject({
  patient: pseudonymSchema,
  practitioner: practitionerIdSchema,
  reason: emergencyReasonSchema,
  /** Salted hash of what the practitioner wrote down for the review */
  detailHash: hash32Schema,
  deadline: unixSecondsSchema,
})
export type EmergencyOpening = z.infer<typeof emergencyOpeningSchema>

export const emergencyVetoSchema = z.strictObject({
  patient: pseudonymSchema,
  opening: emergencyCaseIdSchema,
  /** The patient, or a guardian */
  by: pseudonymSchema,
  /** Of a guardian's leaf, with the way to the policy's root; `null` for the patient */
  guardian: z.strictObject({ salt: hash32Schema, proof: z.array(hash32Schema).max(16) }).nullable(),
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
/** A signed veto; anyone may submit it. */
export type EmergencyVeto = z.infer<typeof emergencyVetoSchema>

const signed = { signature: signatureSchema }
export const signedEmergencyPolicySchema = z.strictObject({ policy: emergencyPolicySchema, ...signed })
export const signedEmergencyOpeningSchema = z.strictObject({ opening: emergencyOpeningSchema, ...signed })
export type SignedEmergencyPolicy = z.infer<typeof signedEmergencyPolicySchema>
export type SignedEmergencyOpening = z.infer<typeof signedEmergencyOpeningSchema>

/** A guardian's leaf under the policy's `guardians`; a fresh salt each, so that nobody can guess who is there. */
export const guardianLeafOf = (guardian: Pseudonym, salt: `0x${string}`) =>
  keccak256(keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [guardian, salt])))

export const policyMessage = (policy: EmergencyPolicy) => ({
  ...policy,
  guardians: policy.guardians ?? NO_HASH,
  round: BigInt(policy.round),
  deadline: BigInt(policy.deadline),
})

export const openingMessage = (opening: EmergencyOpening) => ({
  ...opening,
  reason: Object.keys(emergencyReasons).indexOf(opening.reason) + 1,
  deadline: BigInt(opening.deadline),
})

export const policyTypedData = (deployment: Deployment, policy: EmergencyPolicy): TypedData =>
  typedData(deployment, 'Policy', policyMessage(policy))

export const openingTypedData = (deployment: Deployment, opening: EmergencyOpening): TypedData =>
  typedData(deployment, 'Opening', openingMessage(opening))

export const emergencyCaseIdOf = (deployment: Deployment, opening: EmergencyOpening): EmergencyCaseId =>
  emergencyCaseIdSchema.parse(hashTypedData(openingTypedData(deployment, opening)))

export const vetoTypedData = (
  deployment: Deployment,
  opening: EmergencyCaseId,
  deadline: number,
): TypedData => typedData(deployment, 'Veto', { opening, deadline: BigInt(deadline) })
