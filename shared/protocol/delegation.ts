import { hashTypedData } from 'viem'
import { z } from 'zod'
import { grantSchema } from './grant.ts'
import {
  addressSchema,
  grantIdSchema,
  hash32Schema,
  pseudonymSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** In the order of `IDelegations.Role`; the ledger's 0 is none. */
export const delegateRoles = ['watch', 'decide', 'revoke-only'] as const
export const delegateRoleSchema = z.enum(delegateRoles)
/** To see, to grant and revoke, or to revoke alone. */
export type DelegateRole = z.infer<typeof delegateRoleSchema>

/** The EIP-712 digest of a delegation: its id and its nonce. */
export const delegationIdSchema = hash32Schema.brand<'DelegationId'>()
export type DelegationId = z.infer<typeof delegationIdSchema>

/** A carer may act for one of the patient's pseudonyms. Each pseudonym MUST have its own delegate address. */
export const delegationSchema = z.strictObject({
  patient: pseudonymSchema,
  delegate: addressSchema,
  role: delegateRoleSchema,
  notBefore: unixSecondsSchema,
  notAfter: unixSecondsSchema,
  deadline: unixSecondsSchema,
})
export type Delegation = z.infer<typeof delegationSchema>

export const signedDelegationSchema = z.strictObject({
  delegation: delegationSchema,
  signature: signatureSchema,
})
export type SignedDelegation = z.infer<typeof signedDelegationSchema>

export const delegationRevocationSchema = z.strictObject({
  patient: pseudonymSchema,
  delegation: delegationIdSchema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
/** The patient takes a delegation back; anyone may submit it. */
export type DelegationRevocation = z.infer<typeof delegationRevocationSchema>

/** A grant that the delegate signed in the patient's place. */
export const delegatedGrantSchema = z.strictObject({
  delegation: delegationIdSchema,
  grant: grantSchema,
  signature: signatureSchema,
})
export type DelegatedGrant = z.infer<typeof delegatedGrantSchema>

/** A revocation of a grant that the delegate signed in the patient's place. */
export const delegatedRevocationSchema = z.strictObject({
  delegation: delegationIdSchema,
  patient: pseudonymSchema,
  grant: grantIdSchema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
export type DelegatedRevocation = z.infer<typeof delegatedRevocationSchema>

/** A delegation as the contract takes it. */
export const delegationMessage = (delegation: Delegation) => ({
  ...delegation,
  role: delegateRoles.indexOf(delegation.role) + 1,
  notBefore: BigInt(delegation.notBefore),
  notAfter: BigInt(delegation.notAfter),
  deadline: BigInt(delegation.deadline),
})

export const delegationTypedData = (deployment: Deployment, delegation: Delegation): TypedData =>
  typedData(deployment, 'Delegation', delegationMessage(delegation))

export const delegationIdOf = (deployment: Deployment, delegation: Delegation): DelegationId =>
  delegationIdSchema.parse(hashTypedData(delegationTypedData(deployment, delegation)))

export const delegationRevocationTypedData = (
  deployment: Deployment,
  { delegation, deadline }: Pick<DelegationRevocation, 'delegation' | 'deadline'>,
): TypedData => typedData(deployment, 'DelegationRevocation', { delegation, deadline: BigInt(deadline) })
