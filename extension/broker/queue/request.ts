import { z } from 'zod'
import { signedAccessRequestSchema, signedDecisionSchema } from '../../../shared/protocol/access-request.ts'
import { connectionSchema, signedChallengeSchema } from '../../../shared/protocol/connection.ts'
import { grantSchema, scopeSchema } from '../../../shared/protocol/grant.ts'
import {
  cidSchema,
  commitmentSchema,
  hash32Schema,
  organizationIdSchema,
  originSchema,
  signatureSchema,
  unixSecondsSchema,
} from '../../../shared/protocol/ids.ts'
import {
  depositOfferSchema,
  depositReceiptSchema,
  grantedAccessSchema,
} from '../../../shared/protocol/provider.ts'
import { statementSchema } from '../../../shared/protocol/statement.ts'
import { summarySchema } from '../../snapshots.ts'

/** A stored request: persisted under the vault's key, never logged. */

export const failureSchema = z.strictObject({
  reason: z.string(),
  message: z.string(),
  retryable: z.boolean(),
})
export type Failure = z.infer<typeof failureSchema>

const progressSchema = z.strictObject({ label: z.string(), done: z.number().min(0).max(1) })

/** Who asked, and so who alone may hear the answer. */
const viaSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('page'),
    tabId: z.int(),
    documentId: z.string(),
    origin: originSchema,
    /** The page's calls that wait for this; a repeated one gets the same answer, any other is a replay. */
    calls: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('inbox'),
    relay: originSchema,
    /** The organization has got its answer. */
    answered: z.boolean(),
  }),
])
export type Via = z.infer<typeof viaSchema>

const base = {
  id: hash32Schema,
  organization: organizationIdSchema,
  via: viaSchema,
  receivedAt: unixSecondsSchema,
  expiresAt: unixSecondsSchema,
  /** Its end is in the log. */
  noted: z.boolean(),
}

/** The states all kinds share; `Work` is what a kind remembers between the steps of its work. */
const stateOf = <W extends z.ZodType, R extends z.ZodType>(work: W, result: R) =>
  z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('checking') }),
    z.strictObject({ name: z.literal('ready') }),
    z.strictObject({ name: z.literal('working'), work, progress: progressSchema.nullable() }),
    z.strictObject({ name: z.literal('done'), result, at: unixSecondsSchema }),
    z.strictObject({
      name: z.literal('declined'),
      decision: signedDecisionSchema.nullable(),
      at: unixSecondsSchema,
    }),
    z.strictObject({
      name: z.literal('expired'),
      decision: signedDecisionSchema.nullable(),
      at: unixSecondsSchema,
    }),
    z.strictObject({ name: z.literal('cancelled'), at: unixSecondsSchema }),
    z.strictObject({
      name: z.literal('failed'),
      failure: failureSchema,
      /** Whether a person had said yes: a retry then goes on, else it checks again. */
      decided: z.boolean(),
      work: work.nullable(),
      at: unixSecondsSchema,
    }),
  ])

export const openedSchema = z.strictObject({
  ticket: z.string(),
  statement: statementSchema,
  summary: summarySchema,
  issues: z.array(z.string()),
})
export type Opened = z.infer<typeof openedSchema>

/** Each part is stored before the next step uses it, so that no signature is ever made twice. */
export const accessWorkSchema = z.strictObject({
  commitments: z.array(commitmentSchema).min(1),
  durationSeconds: z.int().positive(),
  /** Less than what was asked, judged by what was shown. */
  narrowed: z.boolean(),
  unsigned: z.strictObject({ scope: scopeSchema, grant: grantSchema }).nullable(),
  signature: signatureSchema.nullable(),
  manifest: cidSchema.nullable(),
  decision: signedDecisionSchema.nullable(),
})
export type AccessWork = z.infer<typeof accessWorkSchema>

/** Whether the patient lets others check the record; what came of it stands in the record's row. */
export const depositWorkSchema = z.strictObject({ letReview: z.boolean() })
/** What a kind remembers between the steps of its work. */
export type Work = AccessWork | z.infer<typeof depositWorkSchema>

export const storedRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...base,
    kind: z.literal('connect'),
    signed: signedChallengeSchema,
    state: stateOf(z.null(), connectionSchema),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('deposit'),
    offer: depositOfferSchema,
    /** What the node opened and the broker checked; there from `ready` on. */
    opened: openedSchema.nullable(),
    state: stateOf(depositWorkSchema.nullable(), depositReceiptSchema),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('access'),
    signed: signedAccessRequestSchema,
    state: stateOf(accessWorkSchema, grantedAccessSchema),
  }),
])
export type StoredRequest = z.infer<typeof storedRequestSchema>
export type StoredConnect = Extract<StoredRequest, { kind: 'connect' }>
export type StoredDeposit = Extract<StoredRequest, { kind: 'deposit' }>
export type StoredAccess = Extract<StoredRequest, { kind: 'access' }>
export type StateName = StoredRequest['state']['name']

/** No person has decided yet, so that it still waits for one. */
export const isUndecided = (request: StoredRequest): boolean =>
  request.state.name === 'checking' || request.state.name === 'ready'

/** Nothing will happen to it any more. */
export const isFinal = (request: StoredRequest): boolean =>
  !isUndecided(request) &&
  request.state.name !== 'working' &&
  !(request.state.name === 'failed' && request.state.failure.retryable)
