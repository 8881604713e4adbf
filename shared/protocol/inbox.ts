import { z } from 'zod'
import { signedAccessRequestSchema, signedDecisionSchema } from './access-request.ts'
import { depositOfferSchema, grantedAccessSchema } from './provider.ts'

/** What an organization may leave for an offline patient, sealed to the deposit recipient. */
export const patientMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('access'), ...signedAccessRequestSchema.shape }),
  z.strictObject({ kind: z.literal('deposit'), offer: depositOfferSchema }),
])
export type PatientMessage = z.infer<typeof patientMessageSchema>

/** What the patient answers, sealed to the organization's registered recipient. */
export const organizationMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('granted'), ...grantedAccessSchema.shape }),
  z.strictObject({ kind: z.literal('decided'), ...signedDecisionSchema.shape }),
])
export type OrganizationMessage = z.infer<typeof organizationMessageSchema>
