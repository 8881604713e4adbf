import { z } from 'zod'
import { depositIdSchema } from './attestation.ts'
import { addressSchema, organizationIdSchema, signatureSchema, unixSecondsSchema } from './ids.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** A supporter that voted for a deposit states that it arrived soon after care and passes the quality check. */
export const appraisalSchema = z.strictObject({
  deposit: depositIdSchema,
  voter: organizationIdSchema,
  deadline: unixSecondsSchema,
})
export type Appraisal = z.infer<typeof appraisalSchema>

export const signedAppraisalSchema = z.strictObject({
  appraisal: appraisalSchema,
  signature: signatureSchema,
})
export type SignedAppraisal = z.infer<typeof signedAppraisalSchema>

/** With which node an organization stands for election; the zero address to stand no more. */
export const candidacySchema = z.strictObject({
  organization: organizationIdSchema,
  node: addressSchema,
  /** One more than the organization's last, the first being 1 */
  round: z.int().min(1),
  deadline: unixSecondsSchema,
})
export type Candidacy = z.infer<typeof candidacySchema>

export const signedCandidacySchema = z.strictObject({
  candidacy: candidacySchema,
  signature: signatureSchema,
})
export type SignedCandidacy = z.infer<typeof signedCandidacySchema>

export const appraisalTypedData = (deployment: Deployment, appraisal: Appraisal): TypedData =>
  typedData(deployment, 'Appraisal', { ...appraisal, deadline: BigInt(appraisal.deadline) })

export const candidacyTypedData = (deployment: Deployment, candidacy: Candidacy): TypedData =>
  typedData(deployment, 'Candidacy', {
    ...candidacy,
    round: BigInt(candidacy.round),
    deadline: BigInt(candidacy.deadline),
  })
