import { z } from 'zod'
import { signedAnchorSchema } from '../../shared/protocol/anchor.ts'
import { reviewWishSchema } from '../../shared/protocol/attestation.ts'
import { inclusionSchema } from '../../shared/protocol/batch.ts'
import { voucherSchema } from '../../shared/protocol/connection.ts'
import { signedDisputeSchema, tombstoneSchema } from '../../shared/protocol/dispute.ts'
import { grantSchema, provenGrantSchema, revocationSchema, scopeSchema } from '../../shared/protocol/grant.ts'
import {
  cidSchema,
  commitmentSchema,
  grantIdSchema,
  hash32Schema,
  organizationIdSchema,
  originSchema,
  practitionerIdSchema,
  pseudonymSchema,
  requestIdSchema,
  signatureSchema,
  unixSecondsSchema,
} from '../../shared/protocol/ids.ts'
import { statementSchema } from '../../shared/protocol/statement.ts'
import { auditEntrySchema } from '../snapshots.ts'

// What the index holds. All of it is health data or keys: never logged.

/** One record at one version; stored under its commitment. Times are Unix seconds. */
export const storedRecordSchema = z.strictObject({
  commitment: commitmentSchema,
  statement: statementSchema,
  anchor: signedAnchorSchema,
  /** The patient's countersignature. */
  acceptance: z.strictObject({ deadline: unixSecondsSchema, signature: signatureSchema }).optional(),
  /** Of an anchor that came to the ledger in a batch: its proof, without which nobody finds it there. */
  batch: inclusionSchema.optional(),
  cid: cidSchema,
  sealedBytes: z.int().min(0),
  /** The 16-byte age file key, base64. */
  fileKey: z.base64(),
  /** The relay's request id of the pin. */
  pinId: z.string().nullable(),
  status: z.enum(['saving', 'waiting', 'saved']),
  savedAt: unixSecondsSchema.nullable(),
  relay: originSchema,
  transactionHash: hash32Schema.nullable(),
  /** The patient's signed word that it is wrong. */
  dispute: signedDisputeSchema.optional(),
  /** The patient's own words, of which the ledger has the salted hash. */
  disputeWords: z.strictObject({ words: z.string(), salt: hash32Schema }).optional(),
  tombstone: tombstoneSchema.optional(),
  /** Whose votes the author asked for. */
  review: z
    .strictObject({
      ...reviewWishSchema.shape,
      /** One a supporter, written before any is signed, so that whoever goes on makes the same; none after a no. */
      grants: z.array(z.strictObject({ scope: scopeSchema, grant: grantSchema })),
    })
    .optional(),
})
export type StoredRecord = z.infer<typeof storedRecordSchema>

/** One consent; stored under its id. */
export const storedGrantSchema = z.strictObject({
  grantId: grantIdSchema,
  /** With its proof, if it came to the ledger in a batch. */
  signed: provenGrantSchema,
  request: requestIdSchema.nullable(),
  scope: scopeSchema,
  manifest: cidSchema,
  commitments: z.array(commitmentSchema),
  relay: originSchema,
  voucher: voucherSchema,
  status: z.enum(['submitting', 'active', 'revoking', 'revoked', 'failed']),
  createdAt: unixSecondsSchema,
  practitioner: practitionerIdSchema.optional(),
  revocation: revocationSchema.optional(),
  /** Given in a deposit's prompt, by the author's pseudonym; `told` once the supporter has it in its inbox. */
  review: z.strictObject({ author: organizationIdSchema, told: z.boolean() }).optional(),
  /** What takes its place, written down before it is signed. */
  replacement: z.strictObject({ scope: scopeSchema, grant: grantSchema }).optional(),
  /** What it took the place of; `told` once the organization has it in its inbox. */
  replaces: z.strictObject({ former: grantIdSchema, told: z.boolean() }).optional(),
})
export type StoredGrant = z.infer<typeof storedGrantSchema>

/** One organization that the patient has connected to; stored under its id. */
export const storedConnectionSchema = z.strictObject({
  organization: organizationIdSchema,
  name: z.string(),
  origin: originSchema,
  patient: pseudonymSchema,
  connectedAt: unixSecondsSchema,
  voucher: voucherSchema.nullable(),
  disconnectedAt: unixSecondsSchema.nullable(),
})
export type StoredConnection = z.infer<typeof storedConnectionSchema>

/** One line of the log, chained to the one before; see log-chain.ts. */
export const logEntrySchema = z.strictObject({
  /** 32 random bytes: one chain an installation, so that two browsers' logs can lie side by side. */
  chain: hash32Schema,
  /** From 1, without gaps. */
  sequence: z.int().min(1),
  at: unixSecondsSchema,
  event: auditEntrySchema.shape.event,
  organization: organizationIdSchema.nullable(),
  text: z.string(),
  details: z.record(z.string(), z.string()),
  previousHash: hash32Schema,
  hash: hash32Schema,
})
export type LogEntry = z.infer<typeof logEntrySchema>

export const logHeadSchema = z.strictObject({
  chain: hash32Schema,
  length: z.int().min(0),
  hash: hash32Schema,
})
export type LogHead = z.infer<typeof logHeadSchema>
