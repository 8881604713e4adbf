import { hashTypedData } from 'viem'
import { z } from 'zod'
import { inclusionSchema } from './batch.ts'
import {
  commitmentSchema,
  hash32Schema,
  NO_HASH,
  organizationIdSchema,
  pseudonymSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { practitionerSignatureSchema } from './practitioner-signature.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

export const anchorSchema = z.strictObject({
  commitment: commitmentSchema,
  subject: pseudonymSchema,
  /** The commitment of the version before this one; `null` for a first version. */
  previous: commitmentSchema.nullable(),
  deadline: unixSecondsSchema,
})
export type Anchor = z.infer<typeof anchorSchema>

/** An anchor with its author's signature: it opens the ledger's entry to whoever holds the statement. */
export const signedAnchorSchema = z.strictObject({
  anchor: anchorSchema,
  author: organizationIdSchema,
  signature: signatureSchema,
  /** Of the practitioner whom the statement names by id, over the anchor. */
  practitionerSignature: practitionerSignatureSchema.optional(),
})
export type SignedAnchor = z.infer<typeof signedAnchorSchema>

const acceptanceSchema = z.strictObject({ deadline: unixSecondsSchema, signature: signatureSchema })

export const acceptedAnchorSchema = signedAnchorSchema.extend({ acceptance: acceptanceSchema })
/** An anchor signed by author and patient, ready to be submitted by anyone. */
export type AcceptedAnchor = z.infer<typeof acceptedAnchorSchema>

/**
 * A signed anchor with its proof, where it came to the ledger in a batch. With an acceptance and no proof it may yet
 * come in one: the sponsor has the proof then.
 */
export const provenAnchorSchema = signedAnchorSchema.extend({
  acceptance: acceptanceSchema.optional(),
  batch: inclusionSchema.optional(),
})
export type ProvenAnchor = z.infer<typeof provenAnchorSchema>

export const anchorMessage = (anchor: Anchor) => ({
  commitment: anchor.commitment,
  subject: anchor.subject,
  previous: anchor.previous ?? NO_HASH,
  deadline: BigInt(anchor.deadline),
})

export const anchorTypedData = (deployment: Deployment, anchor: Anchor): TypedData =>
  typedData(deployment, 'Anchor', anchorMessage(anchor))

export const anchorDigestOf = (deployment: Deployment, anchor: Anchor) =>
  hash32Schema.parse(hashTypedData(anchorTypedData(deployment, anchor)))

/** The patient's countersignature: it binds the author, so that nobody else can take the anchor. */
export const acceptanceTypedData = (
  deployment: Deployment,
  signed: Pick<SignedAnchor, 'anchor' | 'author'>,
  deadline: number,
): TypedData =>
  typedData(deployment, 'Acceptance', {
    anchor: anchorDigestOf(deployment, signed.anchor),
    author: signed.author,
    deadline: BigInt(deadline),
  })
