import { z } from 'zod'
import { signedAccessRequestSchema, signedDecisionSchema } from './access-request.ts'
import { provenAnchorSchema, signedAnchorSchema } from './anchor.ts'
import { reviewWishSchema } from './attestation.ts'
import { connectionSchema, signedChallengeSchema, voucherSchema } from './connection.ts'
import { provenGrantSchema } from './grant.ts'
import {
  cidSchema,
  commitmentSchema,
  grantIdSchema,
  hash32Schema,
  originSchema,
  unixSecondsSchema,
} from './ids.ts'

/** Discovery, as in EIP-6963: the page dispatches the first, the provider answers with the second. */
export const REQUEST_PROVIDER_EVENT = 'carekey:requestProvider'
export const ANNOUNCE_PROVIDER_EVENT = 'carekey:announceProvider'
export const PROVIDER_VERSION = '1'

const emptyParams = z.strictObject({})

/**
 * A deposit as a page or an inbox message carries it: no content, only where the sealed record is staged.
 * One over the size limit passes here and is refused as `record-too-large`.
 */
export const depositOfferSchema = z.strictObject({
  ...signedAnchorSchema.shape,
  cid: cidSchema,
  sealedBytes: z.int().min(1),
  relay: originSchema,
  /** Asks the patient to let others check the record before the author keeps it as confirmed. */
  review: reviewWishSchema.optional(),
})
export type DepositOffer = z.infer<typeof depositOfferSchema>

/** A grant, and where what it opens is fetched. */
export const placedGrantSchema = z.strictObject({
  grant: provenGrantSchema,
  grantId: grantIdSchema,
  manifest: cidSchema,
  relay: originSchema,
})
export type PlacedGrant = z.infer<typeof placedGrantSchema>

export const grantedAccessSchema = z.strictObject({
  ...signedDecisionSchema.shape,
  ...placedGrantSchema.shape,
})
/** What a portal gets when the patient said yes. */
export type GrantedAccess = z.infer<typeof grantedAccessSchema>

export const depositReceiptSchema = z.strictObject({
  commitment: commitmentSchema,
  /** `anchored`: on the ledger. `waiting`: saved and signed; the sponsor has not yet confirmed. */
  status: z.enum(['anchored', 'waiting']),
  transactionHash: hash32Schema.nullable(),
  /** Of an anchor that came in a batch, or may yet: what shows that it did. */
  batched: provenAnchorSchema.optional(),
  /** What the patient said to the review that the offer asked for; `none` or absent if it asked for none. */
  review: z.enum(['granted', 'declined', 'none']).optional(),
})
export type DepositReceipt = z.infer<typeof depositReceiptSchema>

/** The page's own pending requests. */
export const pendingEntrySchema = z.strictObject({
  id: hash32Schema,
  kind: z.enum(['connect', 'deposit', 'access']),
  receivedAt: unixSecondsSchema,
})

export const grantSummarySchema = z.strictObject({
  grantId: grantIdSchema,
  notBefore: unixSecondsSchema,
  notAfter: unixSecondsSchema,
  status: z.enum(['active', 'expired', 'revoked']),
  manifest: cidSchema,
})

/** Every method a page can call: its parameters and its result. Anything else is `method-unknown`. */
export const providerMethods = {
  /** First a challenge, answered with a connection; then the voucher that the portal's server made for it. */
  care_connect: {
    params: z.union([signedChallengeSchema, z.strictObject({ voucher: voucherSchema })]),
    result: z.union([connectionSchema, z.strictObject({ accepted: z.literal(true) })]),
  },
  care_deposit: { params: depositOfferSchema, result: depositReceiptSchema },
  care_requestAccess: { params: signedAccessRequestSchema, result: grantedAccessSchema },
  care_pending: {
    params: z.strictObject({ cancel: hash32Schema.optional() }),
    result: z.strictObject({ pending: z.array(pendingEntrySchema) }),
  },
  care_grants: { params: emptyParams, result: z.strictObject({ grants: z.array(grantSummarySchema) }) },
  care_disconnect: { params: emptyParams, result: z.strictObject({ disconnected: z.literal(true) }) },
} as const

export type ProviderMethod = keyof typeof providerMethods
export type ProviderParams<M extends ProviderMethod> = z.input<(typeof providerMethods)[M]['params']>
export type ProviderResult<M extends ProviderMethod> = z.output<(typeof providerMethods)[M]['result']>

export const isProviderMethod = (value: unknown): value is ProviderMethod =>
  typeof value === 'string' && Object.hasOwn(providerMethods, value)

/** What `error` looks like when `request` rejects: EIP-1193 with a stable `data.reason`. */
export interface ProviderRpcError extends Error {
  code: number
  data: { reason: string; decision?: z.infer<typeof signedDecisionSchema> }
}

/** Events a provider emits: a grant changed (revoked, expired), the patient disconnected. */
export const providerEvents = ['grantsChanged', 'disconnect'] as const
export type ProviderEvent = (typeof providerEvents)[number]
