import { z } from 'zod'
import { signedAccessRequestSchema, signedDecisionSchema } from './access-request.ts'
import { signedDepositSchema } from './attestation.ts'
import { signedAppraisalSchema } from './credit.ts'
import {
  shareHeldSchema,
  shareOfferSchema,
  shareReleaseSchema,
  shareRequestSchema,
} from './emergency-shares.ts'
import { depositOfferSchema, grantedAccessSchema, placedGrantSchema } from './provider.ts'

/** What an organization may leave for an offline patient, sealed to the deposit recipient. */
export const patientMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('access'), ...signedAccessRequestSchema.shape }),
  z.strictObject({ kind: z.literal('deposit'), offer: depositOfferSchema }),
])
export type PatientMessage = z.infer<typeof patientMessageSchema>

/** What the patient answers to a request of the organization. */
export const answerMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('granted'), ...grantedAccessSchema.shape }),
  z.strictObject({ kind: z.literal('decided'), ...signedDecisionSchema.shape }),
])
export type AnswerMessage = z.infer<typeof answerMessageSchema>

/** A deposit of another organization that the patient lets this one, its supporter, read and vote on. */
export const reviewMessageSchema = z.strictObject({
  kind: z.literal('review'),
  ...signedDepositSchema.shape,
  /** By the deposit's own subject, for this record alone. */
  granted: placedGrantSchema,
})
export type ReviewMessage = z.infer<typeof reviewMessageSchema>

/** A supporter's word on the quality of what it voted for, for the author's credit. */
export const appraisalMessageSchema = z.strictObject({
  kind: z.literal('appraisal'),
  ...signedAppraisalSchema.shape,
})

/** About emergencies: of a patient who asks to hold a share, or of another organization. */
export const emergencyMessageSchema = z.discriminatedUnion('kind', [
  shareOfferSchema,
  shareRequestSchema,
  shareReleaseSchema,
])
export type EmergencyMessage = z.infer<typeof emergencyMessageSchema>

/** What an emergency pseudonym finds in its inbox. */
export const emergencyAnswerSchema = shareHeldSchema

/** All that may wait in an organization's inbox, sealed to its registered recipient. */
export const organizationMessageSchema = z.discriminatedUnion('kind', [
  answerMessageSchema,
  reviewMessageSchema,
  appraisalMessageSchema,
  emergencyMessageSchema,
])
