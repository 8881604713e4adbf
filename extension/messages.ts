import { z } from 'zod'
import { disputeReasonSchema } from '../shared/protocol/dispute.ts'
import {
  cidSchema,
  commitmentSchema,
  grantIdSchema,
  hash32Schema,
  originSchema,
  unixSecondsSchema,
} from '../shared/protocol/ids.ts'
import { relayInfoSchema } from '../shared/protocol/relay-api.ts'
import { retrievalAnswerSchema, retrievalProofSchema } from '../shared/protocol/sign-in.ts'
import { statementSchema } from '../shared/protocol/statement.ts'
import { careMessages } from './care-snapshots.ts'
import { emergencyMessages } from './emergency-snapshots.ts'
import {
  auditEntrySchema,
  billViewSchema,
  decisionInputSchema,
  grantViewSchema,
  organizationViewSchema,
  recordStandingSchema,
  recordViewSchema,
  requestViewSchema,
  siteViewSchema,
  statusSchema,
  summarySchema,
} from './snapshots.ts'

/**
 * Every message between the extension's contexts. Three tables, one a direction; who may use which is decided by the
 * browser's `sender`, never by the message. What a web page may say is not here but in `shared/protocol/provider.ts`.
 * Errors cross as `ErrorReply` (`shared/protocol/errors.ts`).
 */

const base64Schema = z.base64()
const nothing = z.strictObject({})

/** Screens (extension pages) to background. Each entry: request, response. */
export const uiMessages = {
  'status.get': { request: nothing, response: statusSchema },
  'vault.create': {
    request: z.strictObject({ passphrase: z.string() }),
    response: z.object({ words: z.array(z.string()).length(24) }),
  },
  'vault.reveal': {
    request: z.strictObject({ passphrase: z.string() }),
    response: z.object({ words: z.array(z.string()).length(24) }),
  },
  'vault.confirmPhrase': {
    request: z.strictObject({
      answers: z.array(z.strictObject({ position: z.int().min(1).max(24), word: z.string() })).min(3),
    }),
    response: z.object({ confirmed: z.boolean() }),
  },
  'vault.unlock': { request: z.strictObject({ passphrase: z.string() }), response: nothing },
  'vault.lock': { request: nothing, response: nothing },
  'vault.restore': {
    request: z.strictObject({
      words: z.array(z.string()).length(24),
      passphrase: z.string(),
      relay: originSchema,
    }),
    response: z.object({ records: z.int(), missingFromBackup: z.int() }),
  },
  'vault.exportIdentity': {
    request: z.strictObject({ passphrase: z.string() }),
    response: z.object({ identity: z.string() }),
  },
  'vault.setAutoLock': { request: z.strictObject({ minutes: z.int().min(1).max(240) }), response: nothing },
  'site.get': { request: z.strictObject({ tabId: z.int() }), response: siteViewSchema },
  'site.invite': { request: z.strictObject({ tabId: z.int() }), response: siteViewSchema },
  /** Hears a page again at once that the patient declined so often that it is not heard for a while. */
  'site.forgive': { request: z.strictObject({ tabId: z.int() }), response: siteViewSchema },
  /** Also ends the connection with the organization that has this origin. */
  'site.remove': { request: z.strictObject({ origin: originSchema }), response: nothing },
  'requests.list': { request: nothing, response: z.object({ requests: z.array(requestViewSchema) }) },
  'requests.get': { request: z.strictObject({ id: hash32Schema }), response: requestViewSchema },
  'requests.decide': {
    request: z.strictObject({ id: hash32Schema, decision: decisionInputSchema }),
    response: requestViewSchema,
  },
  'requests.retry': { request: z.strictObject({ id: hash32Schema }), response: requestViewSchema },
  'requests.open': { request: z.strictObject({ id: hash32Schema.optional() }), response: nothing },
  'records.list': { request: nothing, response: z.object({ records: z.array(recordViewSchema) }) },
  'records.read': {
    request: z.strictObject({ commitment: commitmentSchema }),
    response: z.object({ statement: statementSchema, summary: summarySchema, issues: z.array(z.string()) }),
  },
  /** As the ledger has it now. */
  'records.standing': {
    request: z.strictObject({ commitment: commitmentSchema }),
    response: recordStandingSchema,
  },
  /** The same in a word, of every record whose author asked others to check it. */
  'records.standings': {
    request: nothing,
    response: z.object({
      standings: z.array(z.object({ commitment: commitmentSchema, state: recordStandingSchema.shape.state })),
    }),
  },
  /** States on the ledger that a record is wrong; once for ever. The words stay here, the ledger gets their salted hash. */
  'records.dispute': {
    request: z.strictObject({
      commitment: commitmentSchema,
      reason: disputeReasonSchema,
      words: z.string().max(1_000),
    }),
    response: nothing,
  },
  /** Marks a record as withdrawn on the ledger; from then on it is offered to nobody. */
  'records.withdraw': { request: z.strictObject({ commitment: commitmentSchema }), response: nothing },
  /** A `blob:` URL of a standard age file, for the storage identity; the page downloads it. */
  'records.export': {
    request: z.strictObject({ commitment: commitmentSchema }),
    response: z.object({ url: z.string(), filename: z.string() }),
  },
  /** Every bill that was accepted, opened and read; `unreadable` counts those that cannot be opened now. */
  'bills.list': {
    request: nothing,
    response: z.object({ bills: z.array(billViewSchema), unreadable: z.int() }),
  },
  /** States on the ledger that a kept bill is wrong; once for ever. */
  'bills.dispute': {
    request: z.strictObject({ commitment: commitmentSchema, reason: disputeReasonSchema }),
    response: nothing,
  },
  'grants.list': { request: nothing, response: z.object({ grants: z.array(grantViewSchema) }) },
  /** Narrows or extends one that runs: some of its records, until another time. Answers with what takes its place. */
  'grants.replace': {
    request: z.strictObject({
      grantId: grantIdSchema,
      commitments: z.array(commitmentSchema).min(1),
      notAfter: unixSecondsSchema,
    }),
    response: grantViewSchema,
  },
  'grants.revoke': { request: z.strictObject({ grantId: grantIdSchema }), response: grantViewSchema },
  /** The signed grant and a signed revocation as JSON, which anyone may submit. */
  'grants.export': {
    request: z.strictObject({ grantId: grantIdSchema }),
    response: z.object({
      json: z.string(),
      filename: z.string(),
      /** Each act as the texts of its QR codes, in order. */
      codes: z.array(z.object({ kind: z.string(), pages: z.array(z.string()) })),
    }),
  },
  'connections.list': {
    request: nothing,
    response: z.object({ organizations: z.array(organizationViewSchema) }),
  },
  'audit.list': { request: nothing, response: z.object({ entries: z.array(auditEntrySchema) }) },
  'inbox.check': { request: nothing, response: z.object({ found: z.int() }) },
  ...careMessages,
  ...emergencyMessages,
} as const
export type UiMessage = keyof typeof uiMessages

/** Port name by which screens hear `{changed: true}` whenever a snapshot may have changed, and then ask again. */
export const CHANGES_PORT = 'carekey-changes'
/** Port name by which a bridge content script carries provider calls: `{id, method, params}` and `{id, result | error}`. */
export const PROVIDER_PORT = 'carekey-provider'

/** Background to node (the offscreen document in Chrome, the same context in Firefox). Tickets name opened staged files. */
export const nodeMessages = {
  'node.start': {
    request: z.strictObject({ relay: relayInfoSchema }),
    response: z.object({ peerId: z.string() }),
  },
  'node.stop': { request: nothing, response: nothing },
  'node.state': {
    request: nothing,
    response: z.object({
      peerId: z.string().nullable(),
      reserved: z.boolean(),
      servedBytes: z.int(),
      blocks: z.int(),
    }),
  },
  /** Downloads a staged CAR, checks every hash; answers with the age header so that the vault can unwrap the file key. */
  'node.fetchStaged': {
    request: z.strictObject({ url: z.url(), token: z.string(), cid: cidSchema, maxBytes: z.int() }),
    response: z.object({ ticket: z.string(), header: base64Schema }),
  },
  /** Opens the payload in the sealing worker; keeps the plaintext in memory under the ticket until `reseal` or `discard`. */
  'node.openStaged': {
    request: z.strictObject({ ticket: z.string(), fileKey: base64Schema }),
    response: z.object({
      statement: base64Schema,
      contentHash: hash32Schema,
      contentBytes: z.int(),
      mediaType: z.string().nullable(),
      summary: summarySchema,
      issues: z.array(z.string()),
    }),
  },
  /** Seals the ticket's envelope under a fresh header and file key into the local blockstore. */
  'node.reseal': {
    request: z.strictObject({ ticket: z.string(), header: base64Schema, fileKey: base64Schema }),
    response: z.object({ cid: cidSchema, sealedBytes: z.int() }),
  },
  'node.discard': { request: z.strictObject({ ticket: z.string() }), response: nothing },
  /** Puts small, already sealed bytes (a manifest, the backup) into the blockstore. */
  'node.put': { request: z.strictObject({ bytes: base64Schema }), response: z.object({ cid: cidSchema }) },
  'node.get': {
    request: z.strictObject({ cid: cidSchema, maxBytes: z.int(), relay: originSchema, token: z.string() }),
    response: z.object({ bytes: base64Schema }),
  },
  /** Uploads the DAG as a CAR and pins it at the relay; answers only once the relay says `pinned`. */
  'node.pin': {
    request: z.strictObject({ cid: cidSchema, name: z.string(), relay: originSchema, token: z.string() }),
    response: z.object({ requestId: z.string() }),
  },
  'node.drop': { request: z.strictObject({ cid: cidSchema }), response: nothing },
  /** Opens a stored record for a screen; fetched from the relay when its blocks are not here. */
  'node.read': {
    request: z.strictObject({
      cid: cidSchema,
      fileKey: base64Schema,
      relay: originSchema,
      token: z.string(),
    }),
    response: z.object({ statement: base64Schema, summary: summarySchema, issues: z.array(z.string()) }),
  },
  /** Seals the record's content, without envelope, under a header for the storage identity; answers a `blob:` URL. */
  'node.export': {
    request: z.strictObject({
      cid: cidSchema,
      fileKey: base64Schema,
      header: base64Schema,
      exportKey: base64Schema,
      relay: originSchema,
      token: z.string(),
    }),
    response: z.object({ url: z.string() }),
  },
} as const
export type NodeMessage = keyof typeof nodeMessages

/** Node to background. */
export const nodeEvents = {
  /** The node's WebSocket document is up; the background answers by `node.start` when the vault is unlocked. */
  'event.ready': { request: nothing, response: nothing },
  'event.reservation': {
    request: z.strictObject({ reserved: z.boolean(), peerId: z.string() }),
    response: nothing,
  },
  /** Registers the peer id at the relay (needs a signature), before each reservation. */
  'event.registerPeer': {
    request: z.strictObject({ peerId: z.string() }),
    response: z.object({ registered: z.boolean() }),
  },
  /** A peer has shown a proof: may this CID be served to it? */
  'event.authorize': {
    request: z.strictObject({ proof: retrievalProofSchema }),
    response: retrievalAnswerSchema,
  },
  'event.served': {
    request: z.strictObject({ grant: grantIdSchema, cid: cidSchema, bytes: z.int() }),
    response: nothing,
  },
} as const
export type NodeEvent = keyof typeof nodeEvents

export type RequestOf<T extends Record<string, { request: z.ZodType }>, K extends keyof T> = z.input<
  T[K]['request']
>
export type ResponseOf<T extends Record<string, { response: z.ZodType }>, K extends keyof T> = z.output<
  T[K]['response']
>
