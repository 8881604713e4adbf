import { z } from 'zod'
import { acceptedAnchorSchema } from './anchor.ts'
import { depositSchema, signedDepositSchema, signedNamingSchema, signedVoteSchema } from './attestation.ts'
import { inclusionSchema } from './batch.ts'
import { voucherSchema } from './connection.ts'
import { signedAppraisalSchema, signedCandidacySchema } from './credit.ts'
import {
  delegatedGrantSchema,
  delegatedRevocationSchema,
  delegationRevocationSchema,
  signedDelegationSchema,
} from './delegation.ts'
import { signedDisputeSchema, tombstoneSchema } from './dispute.ts'
import {
  emergencyVetoSchema,
  signedEmergencyOpeningSchema,
  signedEmergencyPolicySchema,
} from './emergency.ts'
import { accessSchema, grantSchema, replacementSchema, revocationSchema, signedGrantSchema } from './grant.ts'
import {
  addressSchema,
  cidSchema,
  grantIdSchema,
  hash32Schema,
  organizationIdSchema,
  originSchema,
  practitionerIdSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { limits } from './limits.ts'
import { signedPublicationSchema } from './statistics.ts'

/** Bodies of the relay's HTTP API (protocol, section 8). All JSON; blocks travel as CARv1. */

export const relayInfoSchema = z.object({
  name: z.string(),
  version: z.string(),
  audience: originSchema,
  chainId: z.int(),
  contracts: z.object({ accreditation: addressSchema, consents: addressSchema, records: addressSchema }),
  peerId: z.string(),
  /** Where browsers reach the circuit relay: `/…/ws/p2p/…`. */
  multiaddrs: z.array(z.string()),
  iceServers: z.array(
    z.object({
      urls: z.union([z.string(), z.array(z.string())]),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
})
export type RelayInfo = z.infer<typeof relayInfoSchema>

/** `POST /auth/nonce` */
export const nonceReplySchema = z.strictObject({ nonce: hash32Schema })
/** `POST /auth/token` with a `SignIn` */
export const tokenReplySchema = z.strictObject({
  token: z.string().max(200),
  /** By which it can be listed and ended; opens nothing. */
  id: z.string().max(64),
  expiresAt: unixSecondsSchema,
})
/** `GET /auth/tokens`: the account's own; `DELETE /auth/tokens/{id}` ends one, `current` the one that asks. */
export const listedTokenSchema = z.strictObject({
  id: z.string(),
  label: z.string(),
  scopes: z.array(z.string()),
  createdAt: unixSecondsSchema,
  expiresAt: unixSecondsSchema,
  isCurrent: z.boolean(),
})
export const tokensReplySchema = z.strictObject({ tokens: z.array(listedTokenSchema) })
export type ListedToken = z.infer<typeof listedTokenSchema>

/** `POST /staging/{pseudonym}` with a CAR: `201` */
export const stagedSchema = z.strictObject({ cid: cidSchema, bytes: z.int(), expiresAt: unixSecondsSchema })

/** `POST /blocks` with a CAR by the owner, before `POST /pins`: `201` */
export const uploadedSchema = z.strictObject({ roots: z.array(cidSchema), blocks: z.int(), bytes: z.int() })

/** IPFS Pinning Service API 1.0: `POST /pins`. */
export const pinSchema = z.object({
  cid: cidSchema,
  name: z.string().max(255).optional(),
  origins: z.array(z.string()).max(20).optional(),
  meta: z.record(z.string(), z.string()).optional(),
})
export const pinStatusSchema = z.object({
  requestid: z.string(),
  status: z.enum(['queued', 'pinning', 'pinned', 'failed']),
  created: z.string(),
  pin: pinSchema,
  delegates: z.array(z.string()),
  info: z.record(z.string(), z.string()).optional(),
})
export type PinStatus = z.infer<typeof pinStatusSchema>

/** `PUT /grants/{id}` by the owner of the pins: which CIDs this grant opens. */
export const grantMappingSchema = z.strictObject({
  grant: grantSchema,
  manifest: cidSchema,
  cids: z.array(cidSchema).max(limits.grantRecordsMax),
  /** Who asked: nothing is served once this practitioner is suspended. */
  practitioner: practitionerIdSchema.optional(),
  /** Of a grant that came to the ledger in a batch: the signature that lies there, and its proof. */
  batch: inclusionSchema.extend({ signature: signatureSchema }).optional(),
})
export type GrantMapping = z.infer<typeof grantMappingSchema>

/** `GET /grants/{id}/peer` by the grantee: where the patient's own node can be reached now. */
export const grantPeerSchema = z.strictObject({ multiaddr: z.string().nullable() })

/** `PUT /circuit/peer` by a relay account: this peer id is mine; reservations are only made for such. */
export const circuitPeerSchema = z.strictObject({ peerId: z.string().min(10).max(100) })

/** `GET /receipts` by the owner: what was served to whom. */
export const receiptSchema = z.strictObject({
  grant: grantIdSchema,
  cid: cidSchema,
  organization: hash32Schema,
  bytes: z.int(),
  at: unixSecondsSchema,
})
export const receiptsReplySchema = z.strictObject({ receipts: z.array(receiptSchema) })
export type Receipt = z.infer<typeof receiptSchema>

/** `POST /inbox/{account}`: body is the sealed message itself (`application/octet-stream`); `201`. */
export const inboxPostedSchema = z.strictObject({ id: z.string() })
/** `GET /inbox` by the account: waiting messages, oldest first; `DELETE /inbox/{id}` acknowledges one. */
export const inboxReplySchema = z.strictObject({
  messages: z.array(
    z.strictObject({
      id: z.string(),
      from: addressSchema,
      receivedAt: unixSecondsSchema,
      /** base64 */
      sealed: z.string().max(Math.ceil((limits.inboxMessageMaxBytes * 4) / 3) + 4),
    }),
  ),
})

/** `true`: in a batch with others', some minutes later; `false`: by itself; else as the sponsor does it. */
const batchable = { batch: z.boolean().optional() }

/** `POST /sponsor`: one signed act to submit. `id` in the reply is the act's EIP-712 digest; repeating is harmless. */
export const sponsoredActSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('grant'),
    ...signedGrantSchema.shape,
    voucher: voucherSchema,
    ...batchable,
  }),
  z.strictObject({ kind: z.literal('revocation'), revocation: revocationSchema, voucher: voucherSchema }),
  z.strictObject({ kind: z.literal('anchor'), anchor: acceptedAnchorSchema, ...batchable }),
  z.strictObject({ kind: z.literal('access'), access: accessSchema }),
  /** A former grant ends and another begins, at once. */
  z.strictObject({ kind: z.literal('replacement'), ...replacementSchema.shape, voucher: voucherSchema }),
  z.strictObject({ kind: z.literal('delegation'), ...signedDelegationSchema.shape, voucher: voucherSchema }),
  z.strictObject({
    kind: z.literal('delegation-revocation'),
    revocation: delegationRevocationSchema,
    voucher: voucherSchema,
  }),
  /** By the patient's delegate; the voucher is for the patient's pseudonym. */
  z.strictObject({
    kind: z.literal('delegated-grant'),
    ...delegatedGrantSchema.shape,
    voucher: voucherSchema,
  }),
  z.strictObject({
    kind: z.literal('delegated-revocation'),
    revocation: delegatedRevocationSchema,
    voucher: voucherSchema,
  }),
  z.strictObject({ kind: z.literal('dispute'), ...signedDisputeSchema.shape, voucher: voucherSchema }),
  z.strictObject({ kind: z.literal('tombstone'), tombstone: tombstoneSchema, voucher: voucherSchema }),
  z.strictObject({ kind: z.literal('statistics'), ...signedPublicationSchema.shape }),
  z.strictObject({ kind: z.literal('candidacy'), ...signedCandidacySchema.shape }),
  /** What a confirmed deposit earns its author. Anyone may bring it; each appraisal stands beside its voter's place. */
  z.strictObject({
    kind: z.literal('credit'),
    claimed: depositSchema.pick({ author: true, commitment: true, subject: true }),
    appraisals: z
      .array(z.strictObject({ index: z.int().min(0).max(15), signed: signedAppraisalSchema }))
      .max(16),
  }),
  z.strictObject({ kind: z.literal('naming'), ...signedNamingSchema.shape }),
  z.strictObject({ kind: z.literal('deposit'), ...signedDepositSchema.shape }),
  /** `index` is the voter's place among those who may vote. */
  z.strictObject({ kind: z.literal('vote'), ...signedVoteSchema.shape, index: z.int().min(0).max(15) }),
  z.strictObject({ kind: z.literal('policy'), ...signedEmergencyPolicySchema.shape, voucher: voucherSchema }),
  /** `organizations` is the policy's list; `organization`, the practitioner's own, pays. */
  z.strictObject({
    kind: z.literal('opening'),
    ...signedEmergencyOpeningSchema.shape,
    organizations: z.array(organizationIdSchema).max(16),
    organization: organizationIdSchema,
  }),
  /** By the patient or a guardian. The case is an accredited practitioner's, so that no voucher is needed. */
  z.strictObject({ kind: z.literal('veto'), veto: emergencyVetoSchema, voucher: voucherSchema.optional() }),
])
export type SponsoredAct = z.infer<typeof sponsoredActSchema>

/** `POST /sponsor` and `GET /sponsor/{id}` */
export const sponsoredStatusSchema = z.strictObject({
  id: hash32Schema,
  status: z.enum(['submitted', 'mined', 'failed']),
  transactionHash: hash32Schema.nullable(),
  blockNumber: z.int().nullable(),
  reason: z.string().nullable(),
  /** Its proof, as soon as it lies in a batch. Whoever brought the act keeps it: the ledger alone does not show the act. */
  batch: inclusionSchema.optional(),
})
export type SponsoredStatus = z.infer<typeof sponsoredStatusSchema>

/** `POST /vouchers` by a relay account: lifts its unsponsored quota. */
export const voucherPostedSchema = z.strictObject({ quotaBytes: z.int() })

/** Every refusal's body. */
export const errorBodySchema = z.object({
  error: z.object({ reason: z.string(), details: z.string() }),
})
