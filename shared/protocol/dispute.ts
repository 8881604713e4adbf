import { z } from 'zod'
import { commitmentSchema, hash32Schema, pseudonymSchema, signatureSchema, unixSecondsSchema } from './ids.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** In the order of `IDisputes.Reason`; the ledger's 0 is none. None tells what kind of record it is about. */
export const disputeReasons = ['not-mine', 'never-happened', 'not-correct', 'repeated', 'other'] as const
export const disputeReasonSchema = z.enum(disputeReasons)
export type DisputeReason = z.infer<typeof disputeReasonSchema>

/** What a patient states against a record or bill, accepted or not. */
export const disputeSchema = z.strictObject({
  /** The pseudonym that signs */
  subject: pseudonymSchema,
  commitment: commitmentSchema,
  reason: disputeReasonSchema,
  /** Salted hash of the patient's own words; zero for none */
  reasonHash: hash32Schema,
  deadline: unixSecondsSchema,
})
export type Dispute = z.infer<typeof disputeSchema>

export const signedDisputeSchema = z.strictObject({ dispute: disputeSchema, signature: signatureSchema })
export type SignedDispute = z.infer<typeof signedDisputeSchema>

export const tombstoneSchema = z.strictObject({
  subject: pseudonymSchema,
  commitment: commitmentSchema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
/** The patient states that a record's content was destroyed; the anchor stays. */
export type Tombstone = z.infer<typeof tombstoneSchema>

/** The reason as the contract takes it. */
export const disputeReasonNumber = (reason: DisputeReason): number => disputeReasons.indexOf(reason) + 1

export const disputeTypedData = (deployment: Deployment, dispute: Dispute): TypedData =>
  typedData(deployment, 'Dispute', {
    commitment: dispute.commitment,
    reason: disputeReasonNumber(dispute.reason),
    reasonHash: dispute.reasonHash,
    deadline: BigInt(dispute.deadline),
  })

export const tombstoneTypedData = (
  deployment: Deployment,
  { commitment, deadline }: Pick<Tombstone, 'commitment' | 'deadline'>,
): TypedData => typedData(deployment, 'Tombstone', { commitment, deadline: BigInt(deadline) })
