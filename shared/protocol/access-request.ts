import { hashTypedData } from 'viem'
import { z } from 'zod'
import { categorySchema } from './categories.ts'
import {
  grantIdSchema,
  hash32Schema,
  NO_HASH,
  organizationIdSchema,
  periodSchema,
  pseudonymSchema,
  type RequestId,
  requestIdSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { limits } from './limits.ts'
import { practitionerSignatureSchema } from './practitioner-signature.ts'
import { purposeSchema } from './purposes.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** An organization's wish for a grant. An empty list of categories passes here and is refused as `scope-empty`. */
export const accessRequestSchema = z.strictObject({
  organization: organizationIdSchema,
  patient: pseudonymSchema,
  categories: z.array(categorySchema).max(20),
  period: periodSchema,
  purpose: purposeSchema,
  durationSeconds: z.int().min(limits.grantDurationMinSeconds).max(limits.grantDurationMaxSeconds),
  reason: z.string().min(1).max(limits.reasonMaxCharacters),
  /** Who asks inside the organization, in its own words; empty when the organization asks as a whole. */
  practitioner: z.string().max(limits.titleMaxCharacters),
  nonce: hash32Schema,
  deadline: unixSecondsSchema,
})
export type AccessRequest = z.infer<typeof accessRequestSchema>

export const signedAccessRequestSchema = z.strictObject({
  request: accessRequestSchema,
  signature: signatureSchema,
  /** Of who asks inside the organization, over the request; absent when the organization asks as a whole. */
  practitionerSignature: practitionerSignatureSchema.optional(),
})
export type SignedAccessRequest = z.infer<typeof signedAccessRequestSchema>

export const accessRequestTypedData = (deployment: Deployment, request: AccessRequest): TypedData =>
  typedData(deployment, 'AccessRequest', {
    organization: request.organization,
    patient: request.patient,
    categories: request.categories,
    periodStart: request.period.start,
    periodEnd: request.period.end,
    purpose: request.purpose,
    durationSeconds: BigInt(request.durationSeconds),
    reason: request.reason,
    practitioner: request.practitioner,
    nonce: request.nonce,
    deadline: BigInt(request.deadline),
  })

export const requestIdOf = (deployment: Deployment, request: AccessRequest): RequestId =>
  requestIdSchema.parse(hashTypedData(accessRequestTypedData(deployment, request)))

export const outcomes = ['approved', 'narrowed', 'declined', 'expired'] as const

/** The patient's answer; exactly one follows each request. */
export const decisionSchema = z.strictObject({
  request: requestIdSchema,
  outcome: z.enum(outcomes),
  /** The grant that was given; `null` when none was. */
  grant: grantIdSchema.nullable(),
  decidedAt: unixSecondsSchema,
})
export type Decision = z.infer<typeof decisionSchema>

export const signedDecisionSchema = z.strictObject({ decision: decisionSchema, signature: signatureSchema })
export type SignedDecision = z.infer<typeof signedDecisionSchema>

export const decisionTypedData = (deployment: Deployment, decision: Decision): TypedData =>
  typedData(deployment, 'Decision', {
    request: decision.request,
    outcome: decision.outcome,
    grant: decision.grant ?? NO_HASH,
    decidedAt: BigInt(decision.decidedAt),
  })
