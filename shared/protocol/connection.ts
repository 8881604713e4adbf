import { hashTypedData, keccak256, stringToHex } from 'viem'
import { z } from 'zod'
import {
  hash32Schema,
  organizationIdSchema,
  originSchema,
  pseudonymSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** A hybrid age recipient (`age1pq1…`, about 2,000 characters). */
export const recipientSchema = z.string().regex(/^age1pq1[02-9ac-hj-np-z]{1800,2100}$/)

export const challengeSchema = z.strictObject({
  organization: organizationIdSchema,
  origin: originSchema,
  nonce: hash32Schema,
  deadline: unixSecondsSchema,
})
export type Challenge = z.infer<typeof challengeSchema>

export const signedChallengeSchema = z.strictObject({
  challenge: challengeSchema,
  signature: signatureSchema,
})
export type SignedChallenge = z.infer<typeof signedChallengeSchema>

export const challengeTypedData = (deployment: Deployment, challenge: Challenge): TypedData =>
  typedData(deployment, 'Challenge', { ...challenge, deadline: BigInt(challenge.deadline) })

export const challengeDigestOf = (deployment: Deployment, challenge: Challenge) =>
  hash32Schema.parse(hashTypedData(challengeTypedData(deployment, challenge)))

/** The patient's answer to a challenge, with where to deposit for them. */
export const connectionSchema = z.strictObject({
  challenge: hash32Schema,
  patient: pseudonymSchema,
  origin: originSchema,
  recipient: recipientSchema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
export type Connection = z.infer<typeof connectionSchema>

export const connectionTypedData = (
  deployment: Deployment,
  connection: Omit<Connection, 'signature'>,
): TypedData =>
  typedData(deployment, 'Connection', {
    challenge: connection.challenge,
    patient: connection.patient,
    origin: connection.origin,
    recipientHash: keccak256(stringToHex(connection.recipient)),
    deadline: BigInt(connection.deadline),
  })

/** An organization's signature that a pseudonym is a patient of theirs; the sponsor pays for whoever shows one. */
export const voucherSchema = z.strictObject({
  organization: organizationIdSchema,
  patient: pseudonymSchema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
export type Voucher = z.infer<typeof voucherSchema>

export const voucherTypedData = (deployment: Deployment, voucher: Omit<Voucher, 'signature'>): TypedData =>
  typedData(deployment, 'Voucher', {
    organization: voucher.organization,
    patient: voucher.patient,
    deadline: BigInt(voucher.deadline),
  })
