import { z } from 'zod'

/** 32 bytes as `0x` and 64 lower-case hex digits. */
export const hash32Schema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((value) => value.toLowerCase() as `0x${string}`)

/** An account on the ledger: `0x` and 40 hex digits, always compared in lower case. */
export const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((value) => value.toLowerCase() as `0x${string}`)

/** An ECDSA signature in its 65-byte form; the 64-byte form (EIP-2098) is refused everywhere. */
export const signatureSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{130}$/)
  .transform((value) => value.toLowerCase() as `0x${string}`)

/** keccak256 of the organization's identifier URI, as the accreditation contract keys it. */
export const organizationIdSchema = hash32Schema.brand<'OrganizationId'>()
export type OrganizationId = z.infer<typeof organizationIdSchema>

/** keccak256 of the practitioner's identifier URI. */
export const practitionerIdSchema = hash32Schema.brand<'PractitionerId'>()
export type PractitionerId = z.infer<typeof practitionerIdSchema>

/** A patient's ledger account towards one organization. */
export const pseudonymSchema = addressSchema.brand<'Pseudonym'>()
export type Pseudonym = z.infer<typeof pseudonymSchema>

/** keccak256 of a statement's bytes. */
export const commitmentSchema = hash32Schema.brand<'Commitment'>()
export type Commitment = z.infer<typeof commitmentSchema>

/** The EIP-712 digest of a grant: its id and its nonce. */
export const grantIdSchema = hash32Schema.brand<'GrantId'>()
export type GrantId = z.infer<typeof grantIdSchema>

/** The EIP-712 digest of an access request. */
export const requestIdSchema = hash32Schema.brand<'RequestId'>()
export type RequestId = z.infer<typeof requestIdSchema>

/** A CIDv1 in base32, as every part of Carekey writes it. */
export const cidSchema = z
  .string()
  .regex(/^b[a-z2-7]{20,120}$/)
  .brand<'Cid'>()
export type CidText = z.infer<typeof cidSchema>

/** Unix time in whole seconds. */
export const unixSecondsSchema = z.int().min(0).max(253_402_300_799)

/** A calendar date without a zone, `YYYY-MM-DD`. */
export const dateSchema = z.iso.date()

/** A first and a last day, both included. */
export const periodSchema = z
  .strictObject({ start: dateSchema, end: dateSchema })
  .refine((period) => period.start <= period.end, { message: 'The period ends before it starts.' })
export type Period = z.infer<typeof periodSchema>

/** A web origin as the browser writes it: scheme, host, port, nothing else. */
export const originSchema = z
  .string()
  .max(255)
  .refine((value) => URL.canParse(value) && new URL(value).origin === value, { message: 'Not a web origin.' })

export const NO_HASH = `0x${'0'.repeat(64)}` as const
