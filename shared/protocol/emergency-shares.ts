import { keccak256 } from 'viem'
import { z } from 'zod'
import { canonicalBytes } from './canonical.ts'
import { recipientSchema, voucherSchema } from './connection.ts'
import { type EmergencyCaseId, emergencyCaseIdSchema, emergencyOpeningSchema } from './emergency.ts'
import { isReason, type Reason } from './errors.ts'
import {
  cidSchema,
  hash32Schema,
  type OrganizationId,
  organizationIdSchema,
  originSchema,
  type Pseudonym,
  pseudonymSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { limits } from './limits.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

// What travels between a patient, the holders of shares and the organization of who opened an emergency (protocol, 6.10).

/** 17 bytes: one share of the summary's file key. */
const shareSchema = z.base64().length(24)
/** keccak256 of a share; a share is too random to be guessed from it. */
const shareHashSchema = hash32Schema

/** Where the summary lies and who holds its key; its hash is the policy's `holdersHash`, so that the patient has signed it. */
export const emergencyDirectorySchema = z.strictObject({
  version: z.literal(1),
  patient: pseudonymSchema,
  summary: z.strictObject({
    cid: cidSchema,
    sealedBytes: z.int().min(1).max(limits.emergencySummaryMaxBytes),
  }),
  holders: z
    .array(z.strictObject({ organization: organizationIdSchema, shareHash: shareHashSchema }))
    .min(2)
    .max(16)
    .refine((holders) => new Set(holders.map(({ organization }) => organization)).size === holders.length, {
      message: 'One organization holds two shares.',
    }),
  salt: hash32Schema,
})
export type EmergencyDirectory = z.infer<typeof emergencyDirectorySchema>

export const holdersHashOf = (directory: EmergencyDirectory): `0x${string}` =>
  keccak256(canonicalBytes(emergencyDirectorySchema.parse(directory)))

export const shareHashOf = (share: Uint8Array): `0x${string}` => keccak256(share)

/** A patient asks an organization to hold one share. Sealed to its recipient, left in the emergency pseudonym's name. */
export const shareOfferSchema = z.strictObject({
  kind: z.literal('emergency-share'),
  directory: emergencyDirectorySchema,
  share: shareSchema,
  /** The relay that has the summary, and where the answer is awaited */
  relay: originSchema,
  /** Where the answer is sealed to */
  recipient: recipientSchema,
  /** Only where the patient is connected with this organization: its own voucher, and an `EmergencyLink` by the pseudonym that it names */
  vouched: z.strictObject({ voucher: voucherSchema, signature: signatureSchema }).nullable(),
})
export type ShareOffer = z.infer<typeof shareOfferSchema>

/** The server of who opened a case asks a holder for its share. */
export const shareRequestSchema = z.strictObject({
  kind: z.literal('emergency-request'),
  opening: emergencyOpeningSchema,
  organization: organizationIdSchema,
  holders: hash32Schema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
export type ShareRequest = z.infer<typeof shareRequestSchema>

/** A holder's answer, sealed to the recipient that the ledger has for the asking organization. */
export const shareReleaseSchema = z.strictObject({
  kind: z.literal('emergency-release'),
  opening: emergencyCaseIdSchema,
  organization: organizationIdSchema,
  answer: z.discriminatedUnion('outcome', [
    z.strictObject({ outcome: z.literal('released'), share: shareSchema }),
    z.strictObject({ outcome: z.literal('refused'), reason: z.custom<Reason>(isReason) }),
  ]),
})
export type ShareRelease = z.infer<typeof shareReleaseSchema>

/** An organization's answer to a share offer, sealed to the offer's recipient and left for the emergency pseudonym. */
export const shareHeldSchema = z.strictObject({
  kind: z.literal('emergency-held'),
  organization: organizationIdSchema,
  holders: hash32Schema,
  /** For the emergency pseudonym, from an organization that knows the patient */
  voucher: voucherSchema.nullable(),
  signature: signatureSchema,
})
export type ShareHeld = z.infer<typeof shareHeldSchema>

/** `POST /emergencies/{pseudonym}` at a relay, by the organization of who opened the case. */
export const emergencyReplySchema = z.strictObject({
  directory: emergencyDirectorySchema,
  /** base64 */
  sealed: z.base64().max(Math.ceil((limits.emergencySummaryMaxBytes * 4) / 3) + 4),
})

export const emergencyLinkTypedData = (
  deployment: Deployment,
  link: { patient: Pseudonym; pseudonym: Pseudonym; holders: `0x${string}` },
): TypedData => typedData(deployment, 'EmergencyLink', link)

export const shareHeldTypedData = (
  deployment: Deployment,
  held: { organization: OrganizationId; holders: `0x${string}` },
): TypedData => typedData(deployment, 'ShareHeld', held)

export const shareRequestTypedData = (
  deployment: Deployment,
  opening: EmergencyCaseId,
  { organization, holders, deadline }: Pick<ShareRequest, 'organization' | 'holders' | 'deadline'>,
): TypedData =>
  typedData(deployment, 'ShareRequest', { opening, organization, holders, deadline: BigInt(deadline) })

/** What the QR code on an emergency card says: the network's chain, and the handle. No secret. */
const cardPattern = /^carekey-emergency:([1-9]\d{0,15})\/(0x[0-9a-f]{40})$/

export const cardTextOf = ({ chainId }: Pick<Deployment, 'chainId'>, patient: Pseudonym): string =>
  `carekey-emergency:${chainId}/${patient}`

/** The handle that a card's text, or somebody who typed it, names; null for anything else, or another network's card. */
export function handleOn({ chainId }: Pick<Deployment, 'chainId'>, text: string): Pseudonym | null {
  const plain = text.trim().toLowerCase()
  const card = cardPattern.exec(plain)
  if (card && Number(card[1]) !== chainId) return null
  const handle = pseudonymSchema.safeParse(card?.[2] ?? plain.replaceAll(/\s+/g, ''))
  return handle.success ? handle.data : null
}
