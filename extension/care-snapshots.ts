import { z } from 'zod'
import { careInvitationSchema } from '../shared/protocol/care.ts'
import {
  delegatedRevocationSchema,
  delegateRoleSchema,
  delegationRevocationSchema,
  signedDelegationSchema,
} from '../shared/protocol/delegation.ts'
import {
  addressSchema,
  grantIdSchema,
  hash32Schema,
  organizationIdSchema,
  unixSecondsSchema,
} from '../shared/protocol/ids.ts'
import { purposeSchema } from '../shared/protocol/purposes.ts'
import { organizationViewSchema } from './snapshots.ts'

/** Carers: who may act for this patient, and for whom this person may act. */

const nameSchema = z.string().trim().min(1).max(80)

/** What a patient keeps of a carer. */
export const storedCarerSchema = z.strictObject({
  /** The carer's name, which nobody else is told */
  carer: nameSchema,
  invitation: careInvitationSchema,
  createdAt: unixSecondsSchema,
  /** Signed once, so that what was stored is what gets submitted */
  signed: signedDelegationSchema.nullable(),
  revocation: delegationRevocationSchema.nullable(),
  status: z.enum(['invited', 'submitting', 'active', 'ending', 'ended']),
})
export type StoredCarer = z.infer<typeof storedCarerSchema>

/** What a carer keeps of somebody: the invitation, and what they signed in that person's place. */
export const storedCaredForSchema = z.strictObject({
  invitation: careInvitationSchema,
  takenAt: unixSecondsSchema,
  endings: z.array(delegatedRevocationSchema),
})
export type StoredCaredFor = z.infer<typeof storedCaredForSchema>

export const careWishSchema = z.strictObject({
  carer: nameSchema,
  /** How the patient is called on the carer's page */
  name: nameSchema,
  organization: organizationIdSchema,
  role: delegateRoleSchema,
  notAfter: unixSecondsSchema,
})
export type CareWish = z.infer<typeof careWishSchema>

export const carerViewSchema = z.object({
  nonce: hash32Schema,
  carer: z.string(),
  organization: organizationViewSchema,
  role: delegateRoleSchema,
  notAfter: unixSecondsSchema,
  state: z.enum(['invited', 'submitting', 'active', 'over', 'ending', 'ended']),
  /** Null until the carer has answered */
  delegate: addressSchema.nullable(),
  /** The text to hand over, while it is not answered, and the texts of its codes */
  invitation: z.string().nullable(),
  codes: z.array(z.string()),
})
export type CarerView = z.infer<typeof carerViewSchema>

export const caredForViewSchema = z.object({
  id: hash32Schema,
  name: z.string(),
  organization: organizationViewSchema,
  role: delegateRoleSchema,
  notAfter: unixSecondsSchema,
  /** `waiting`: the patient has not signed, or the ledger has not got it yet */
  state: z.enum(['waiting', 'active', 'over', 'ended']),
  delegate: addressSchema,
  /** The text to hand back, and the texts of its codes */
  answer: z.string(),
  codes: z.array(z.string()),
  /** What runs now, as the ledger has it: nothing of what was shared */
  grants: z.array(
    z.object({
      grantId: grantIdSchema,
      grantee: organizationViewSchema,
      /** Null for a code that this version does not know */
      purpose: purposeSchema.nullable(),
      notAfter: unixSecondsSchema,
      /** Signed here, not on the ledger yet */
      ending: z.boolean(),
    }),
  ),
})
export type CaredForView = z.infer<typeof caredForViewSchema>

const nothing = z.strictObject({})
const text = z.string().max(8_000)
const grantOfSomebody = z.strictObject({ id: hash32Schema, grantId: grantIdSchema })

/** Screens to background, beside those in `messages.ts`. */
export const careMessages = {
  'care.carers': {
    request: nothing,
    response: z.object({
      /** False on a ledger without delegations */
      available: z.boolean(),
      /** Newest first */
      carers: z.array(carerViewSchema),
      /** For whose records somebody can be invited */
      organizations: z.array(organizationViewSchema),
    }),
  },
  /** Writes an invitation; nothing is signed. */
  'care.invite': { request: careWishSchema, response: carerViewSchema },
  /** Which invitation a carer's answer belongs to, before it is signed. */
  'care.readAnswer': {
    request: z.strictObject({ text }),
    response: z.object({ carer: carerViewSchema, delegate: addressSchema }),
  },
  /** Signs the delegation and hands it to the ledger. */
  'care.sign': {
    request: z.strictObject({ nonce: hash32Schema, delegate: addressSchema }),
    response: nothing,
  },
  /** Ends it on the ledger; takes back an invitation that was never answered. */
  'care.end': { request: z.strictObject({ nonce: hash32Schema }), response: nothing },
  'care.caring': { request: nothing, response: z.object({ people: z.array(caredForViewSchema) }) },
  /** Takes in an invitation that somebody gave. */
  'care.take': { request: z.strictObject({ text }), response: nothing },
  /** Ends somebody's sharing in their place. */
  'care.endSharing': { request: grantOfSomebody, response: nothing },
  /** The same, signed, for anyone to submit. */
  'care.exportEnding': {
    request: grantOfSomebody,
    response: z.object({ json: z.string(), filename: z.string() }),
  },
} as const
