import { hashTypedData, keccak256 } from 'viem'
import { z } from 'zod'
import { inclusionSchema } from './batch.ts'
import { canonicalBytes } from './canonical.ts'
import { categorySchema } from './categories.ts'
import {
  commitmentSchema,
  type GrantId,
  grantIdSchema,
  hash32Schema,
  organizationIdSchema,
  periodSchema,
  pseudonymSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { limits } from './limits.ts'
import { encodePurpose, purposeSchema } from './purposes.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** What a grant opens; only its salted hash goes on the ledger, the grantee gets it in the manifest. */
export const scopeSchema = z.strictObject({
  version: z.literal(1),
  categories: z.array(categorySchema).min(1),
  period: periodSchema,
  commitments: z.array(commitmentSchema).min(1).max(limits.grantRecordsMax),
  salt: hash32Schema,
})
export type Scope = z.infer<typeof scopeSchema>

export const scopeHashOf = (scope: Scope) => keccak256(canonicalBytes(scopeSchema.parse(scope)))

/** The patient's consent as it is signed and submitted. */
export const grantSchema = z.strictObject({
  patient: pseudonymSchema,
  grantee: organizationIdSchema,
  purpose: purposeSchema,
  notBefore: unixSecondsSchema,
  notAfter: unixSecondsSchema,
  scopeHash: hash32Schema,
  deadline: unixSecondsSchema,
})
export type Grant = z.infer<typeof grantSchema>

export const signedGrantSchema = z.strictObject({ grant: grantSchema, signature: signatureSchema })
export type SignedGrant = z.infer<typeof signedGrantSchema>

/** A signed grant with its proof, where it came to the ledger in a batch. */
export const provenGrantSchema = signedGrantSchema.extend({ batch: inclusionSchema.optional() })
export type ProvenGrant = z.infer<typeof provenGrantSchema>

/** A grant as the contract takes it. */
export const grantMessage = (grant: Grant) => ({
  patient: grant.patient,
  grantee: grant.grantee,
  purpose: encodePurpose(grant.purpose),
  notBefore: BigInt(grant.notBefore),
  notAfter: BigInt(grant.notAfter),
  scopeHash: grant.scopeHash,
  deadline: BigInt(grant.deadline),
})

export const grantTypedData = (deployment: Deployment, grant: Grant): TypedData =>
  typedData(deployment, 'Grant', grantMessage(grant))

/** The grant's digest: its id and its nonce. */
export const grantIdOf = (deployment: Deployment, grant: Grant): GrantId =>
  grantIdSchema.parse(hashTypedData(grantTypedData(deployment, grant)))

export const revocationSchema = z.strictObject({
  patient: pseudonymSchema,
  grant: grantIdSchema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
/** A signed revocation; anyone may submit it. */
export type Revocation = z.infer<typeof revocationSchema>

/** Narrows or extends: one grant ends and another of the same patient begins, in one act. */
export const replacementSchema = z
  .strictObject({ revocation: revocationSchema, grant: grantSchema, signature: signatureSchema })
  .refine(({ revocation, grant }) => revocation.patient === grant.patient, {
    message: 'Two patients.',
  })
export type Replacement = z.infer<typeof replacementSchema>

export const accessSchema = z.strictObject({
  grant: grantSchema,
  /** keccak256 over the canonical JSON of `{commitments, salt}`: which records were opened, salted. */
  accessHash: hash32Schema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
/** The grantee's signed log entry that it has opened records. */
export type Access = z.infer<typeof accessSchema>

export const accessHashOf = (commitments: readonly string[], salt: string) =>
  keccak256(canonicalBytes({ commitments, salt }))
