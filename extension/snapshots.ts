import { z } from 'zod'
import { voteChoiceSchema } from '../shared/protocol/attestation.ts'
import { categorySchema } from '../shared/protocol/categories.ts'
import { disputeReasonSchema } from '../shared/protocol/dispute.ts'
import {
  cidSchema,
  commitmentSchema,
  grantIdSchema,
  hash32Schema,
  organizationIdSchema,
  originSchema,
  periodSchema,
  unixSecondsSchema,
} from '../shared/protocol/ids.ts'
import { purposeSchema } from '../shared/protocol/purposes.ts'
import { roleSchema } from '../shared/protocol/roles.ts'
import { statementSchema } from '../shared/protocol/statement.ts'

/** What screens show: the background answers with these, and screens never ask for more. */

/** Whole minor units of one currency; never a fraction. */
export const moneySchema = z.object({ minor: z.int(), currency: z.string().length(3) })

/** One bill in figures, as `shared/fhir` reads it; what its author left out is absent. */
export const billSchema = z.object({
  number: z.string().optional(),
  issuer: z.string().optional(),
  date: z.string().optional(),
  lines: z.array(z.object({ label: z.string(), amount: moneySchema.optional() })),
  total: moneySchema.optional(),
  insurer: z.string().optional(),
  insurerPart: moneySchema.optional(),
  insurerPaidOn: z.string().optional(),
  due: moneySchema.optional(),
  settled: z.boolean(),
})
export type BillFigures = z.infer<typeof billSchema>

/** A document in words, as `shared/fhir` summarizes it. */
export const summarySchema = z.object({
  title: z.string(),
  patient: z
    .object({ name: z.string().optional(), birthDate: z.string().optional(), sex: z.string().optional() })
    .optional(),
  sections: z.array(
    z.object({
      heading: z.string(),
      category: categorySchema.optional(),
      rows: z.array(
        z.object({
          label: z.string(),
          value: z.string(),
          unit: z.string().optional(),
          reference: z.string().optional(),
          flag: z.enum(['high', 'low', 'abnormal']).optional(),
          date: z.string().optional(),
          note: z.string().optional(),
        }),
      ),
    }),
  ),
  series: z.array(
    z.object({
      label: z.string(),
      unit: z.string().optional(),
      points: z.array(z.object({ date: z.string(), value: z.number() })),
    }),
  ),
  /** Of a billing document. */
  bills: z.array(billSchema).optional(),
})
export type Summary = z.infer<typeof summarySchema>

export const organizationViewSchema = z.object({
  id: organizationIdSchema,
  name: z.string(),
  origin: originSchema.nullable(),
  /** Accredited now, or why not. */
  standing: z.enum(['accredited', 'suspended', 'expired', 'unknown']),
  validUntil: unixSecondsSchema.nullable(),
  connectedAt: unixSecondsSchema.nullable(),
})
export type OrganizationView = z.infer<typeof organizationViewSchema>

/** A record as lists show it. `saving` until the relay has confirmed the pin, `waiting` until the ledger has the anchor. */
export const recordViewSchema = z.object({
  commitment: commitmentSchema,
  title: z.string(),
  category: categorySchema,
  period: periodSchema,
  issuedAt: z.string(),
  author: organizationViewSchema,
  practitioner: z.string().nullable(),
  contentBytes: z.int(),
  status: z.enum(['saving', 'waiting', 'saved']),
  savedAt: unixSecondsSchema.nullable(),
  previous: commitmentSchema.nullable(),
  cid: cidSchema.nullable(),
})
export type RecordView = z.infer<typeof recordViewSchema>

/** `waiting`: signed, and not on the ledger yet. */
export const billDisputeSchema = z.object({
  reason: disputeReasonSchema,
  status: z.enum(['waiting', 'open', 'upheld', 'dismissed']),
})
export type BillDispute = z.infer<typeof billDisputeSchema>

/** One bill that the patient keeps: approved, unless it is disputed. */
export const billViewSchema = z.object({
  record: recordViewSchema,
  bill: billSchema,
  dispute: billDisputeSchema.nullable(),
})
export type BillView = z.infer<typeof billViewSchema>

export const standings = ['unasked', 'pending', 'confirmed', 'rejected'] as const

/** Where a record stands on the ledger, among those who are to check it. */
export const recordStandingSchema = z.object({
  /** `unasked`: nobody has opened it for votes. */
  state: z.enum(standings),
  tally: z
    .object({
      approvals: z.int(),
      supporters: z.int(),
      /** How many must say that it is right; 0 where the patient alone was asked. */
      quorum: z.int(),
      votingUntil: unixSecondsSchema,
    })
    .nullable(),
  votes: z.array(z.object({ organization: organizationViewSchema, choice: voteChoiceSchema.nullable() })),
  /** What the patient said against it, with the words that stay here. */
  dispute: billDisputeSchema.extend({ words: z.string().nullable() }).nullable(),
  /** Marked as withdrawn by the patient: `waiting` until the ledger has it. */
  withdrawn: z.enum(['waiting', 'stated']).nullable(),
  /** What the patient said when the author asked for votes. */
  answer: z.enum(['granted', 'declined', 'none']),
})
export type RecordStanding = z.infer<typeof recordStandingSchema>

/** The practitioner who signed beside the organization, as the ledger has them now. */
export const signedBySchema = z.object({
  role: roleSchema,
  standing: z.enum(['accredited', 'suspended', 'expired', 'unknown']),
})
export type SignedBy = z.infer<typeof signedBySchema>

/** Where a stored request stands. `working` carries the step that runs; a restart resumes it. */
export const requestStates = [
  'checking',
  'ready',
  'working',
  'done',
  'declined',
  'expired',
  'cancelled',
  'failed',
] as const

const requestBase = {
  id: hash32Schema,
  state: z.enum(requestStates),
  via: z.enum(['page', 'inbox']),
  receivedAt: unixSecondsSchema,
  expiresAt: unixSecondsSchema,
  organization: organizationViewSchema,
  /** Null when the organization asks or sends as a whole. */
  signedBy: signedBySchema.nullable(),
  /** While `working`: what is being done in plain words, and how far (0 to 1). */
  progress: z.object({ label: z.string(), done: z.number().min(0).max(1) }).nullable(),
  /** When `failed`: what was kept, what was not, and the next step. */
  failure: z.object({ reason: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
}

/** One stored request as the approval window shows it. */
export const requestViewSchema = z.discriminatedUnion('kind', [
  z.object({ ...requestBase, kind: z.literal('connect') }),
  z.object({
    ...requestBase,
    kind: z.literal('deposit'),
    /** Present once the sealed record was fetched, opened and checked. */
    record: z
      .object({ statement: statementSchema, summary: summarySchema, issues: z.array(z.string()) })
      .nullable(),
    /** Who would check the record and until when, if the author asks for that. */
    review: z
      .object({
        supporters: z.array(organizationViewSchema).min(1),
        votingUntil: unixSecondsSchema,
        /** What the patient said; null before. */
        answer: z.enum(['granted', 'declined']).nullable(),
      })
      .nullable(),
  }),
  z.object({
    ...requestBase,
    kind: z.literal('access'),
    purpose: purposeSchema,
    period: periodSchema,
    reason: z.string(),
    practitioner: z.string(),
    durationSeconds: z.int(),
    /** Every category asked for, with the exact records it would open; a shielded one starts unchosen. */
    categories: z.array(
      z.object({ category: categorySchema, shielded: z.boolean(), records: z.array(recordViewSchema) }),
    ),
  }),
])
export type RequestView = z.infer<typeof requestViewSchema>
export type AccessView = Extract<RequestView, { kind: 'access' }>
export type DepositView = Extract<RequestView, { kind: 'deposit' }>
export type ConnectView = Extract<RequestView, { kind: 'connect' }>

/** What a person decided in the approval window. For access, exactly the listed records are opened until `notAfter`. */
export const decisionInputSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('decline') }),
  z.strictObject({
    outcome: z.literal('approve'),
    access: z
      .strictObject({ commitments: z.array(commitmentSchema).min(1), durationSeconds: z.int().positive() })
      .optional(),
    /** The answer that an offer with a review needs beside the yes. */
    letReview: z.boolean().optional(),
  }),
])
export type DecisionInput = z.infer<typeof decisionInputSchema>

export const grantViewSchema = z.object({
  grantId: grantIdSchema,
  organization: organizationViewSchema,
  purpose: purposeSchema,
  notBefore: unixSecondsSchema,
  notAfter: unixSecondsSchema,
  status: z.enum(['submitting', 'active', 'revoking', 'revoked', 'expired', 'failed']),
  /** The author whose record this organization checks; null for what was asked by the organization itself. */
  reviewFor: organizationViewSchema.nullable(),
  /** The one that took its place when the patient changed it. */
  replacedBy: grantIdSchema.nullable(),
  records: z.array(recordViewSchema),
  /** What the organization has opened so far, from the ledger and the relay's receipts. */
  opened: z.array(
    z.object({
      at: unixSecondsSchema,
      commitment: commitmentSchema.nullable(),
      by: z.enum(['ledger', 'relay', 'node']),
    }),
  ),
})
export type GrantView = z.infer<typeof grantViewSchema>

/** One line of the audit trail; `source` says who keeps it. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: unixSecondsSchema,
  source: z.enum(['ledger', 'relay', 'here']),
  event: z.enum([
    'vault-created',
    'vault-restored',
    'connected',
    'disconnected',
    'deposit-offered',
    'deposit-accepted',
    'deposit-declined',
    'deposit-failed',
    'anchored',
    'access-requested',
    'access-approved',
    'access-narrowed',
    'access-declined',
    'access-expired',
    'granted',
    'accessed',
    'served',
    'refused',
    'revoked',
    'revocation-requested',
    'disputed',
    'withdrawn',
    'exported',
    'review-granted',
    'sharing-changed',
    'care-given',
    'care-ended',
    'care-taken',
    'care-acted',
    'emergency-prepared',
    'emergency-withdrawn',
    'emergency-opened',
    'emergency-vetoed',
    'emergency-reviewed',
  ]),
  organization: organizationViewSchema.nullable(),
  /** A sentence for a person; never a hash. */
  text: z.string(),
  /** Hashes and numbers for "Technical details". */
  details: z.record(z.string(), z.string()),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

export const statusSchema = z.object({
  vault: z.enum(['none', 'locked', 'unlocked']),
  phraseConfirmed: z.boolean(),
  autoLockMinutes: z.int(),
  networkName: z.string(),
  relay: z.object({
    origin: originSchema,
    /** `node`: the libp2p reservation, so that others can reach this browser directly. */
    state: z.enum(['reachable', 'unreachable', 'unknown']),
    since: unixSecondsSchema.nullable(),
    node: z.enum(['off', 'connecting', 'reachable']),
  }),
  backup: z.object({
    state: z.enum(['none', 'saving', 'saved', 'failed']),
    at: unixSecondsSchema.nullable(),
  }),
  waiting: z.int(),
})
export type Status = z.infer<typeof statusSchema>

export const siteViewSchema = z.object({
  origin: originSchema.nullable(),
  organization: organizationViewSchema.nullable(),
  invited: z.boolean(),
  /** The page is not heard until then, because the patient declined several times; null when it is heard. */
  blockedUntil: unixSecondsSchema.nullable(),
})
