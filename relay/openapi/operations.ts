import { z } from 'zod'
import { voucherSchema } from '../../shared/protocol/connection.ts'
import { emergencyOpeningSchema } from '../../shared/protocol/emergency.ts'
import { emergencyDirectorySchema, emergencyReplySchema } from '../../shared/protocol/emergency-shares.ts'
import {
  circuitPeerSchema,
  grantMappingSchema,
  grantPeerSchema,
  inboxPostedSchema,
  inboxReplySchema,
  nonceReplySchema,
  pinSchema,
  pinStatusSchema,
  receiptsReplySchema,
  relayInfoSchema,
  sponsoredActSchema,
  sponsoredStatusSchema,
  stagedSchema,
  tokenReplySchema,
  tokensReplySchema,
  uploadedSchema,
  voucherPostedSchema,
} from '../../shared/protocol/relay-api.ts'
import { signInSchema } from '../../shared/protocol/sign-in.ts'
import { wishShape } from '../identity/routes.ts'
import type { Scope } from '../identity/scopes.ts'
import { siweSchema } from '../identity/siwe.ts'

/** A body that is no JSON, by its media type. */
export const media = {
  car: 'application/vnd.ipld.car',
  raw: 'application/vnd.ipld.raw',
  ipns: 'application/vnd.ipfs.ipns-record',
  octets: 'application/octet-stream',
  text: 'text/plain',
  html: 'text/html',
} as const
type Media = (typeof media)[keyof typeof media]

/** What goes in or comes out: JSON of a schema, other media, or nothing. */
export type Body = z.ZodType | readonly Media[] | null

export interface Operation {
  summary: string
  /** Null for what needs no sign-in. */
  scope: Scope | null
  query?: readonly string[]
  headers?: readonly string[]
  request?: Body
  responses: Readonly<Record<number, Body>>
}

const pinsReplySchema = z.object({ count: z.int(), results: z.array(pinStatusSchema) })
const readySchema = z.strictObject({
  status: z.enum(['ready', 'not-ready', 'stopping']),
  database: z.boolean(),
  ledger: z.boolean(),
})
const part = { 206: [media.raw, media.car], 304: null } as const

/** Every route of the relay, as its document tells it. */
export const operations: Readonly<Record<string, Operation>> = {
  'GET /health': {
    summary: 'It runs.',
    scope: null,
    responses: { 200: z.strictObject({ status: z.literal('ok') }) },
  },
  'GET /ready': {
    summary: 'Whether database and ledger answer, and it is not stopping.',
    scope: null,
    responses: { 200: readySchema, 503: readySchema },
  },
  'GET /info': {
    summary: 'Addresses, chain, ICE servers.',
    scope: null,
    responses: { 200: relayInfoSchema },
  },
  'GET /status': { summary: 'How it does, for people.', scope: null, responses: { 200: [media.html] } },
  'GET /metrics': { summary: 'For Prometheus.', scope: null, responses: { 200: [media.text] } },
  'GET /openapi.json': { summary: 'This document.', scope: null, responses: { 200: z.looseObject({}) } },

  'POST /auth/nonce': {
    summary: 'A nonce for one sign-in.',
    scope: null,
    responses: { 200: nonceReplySchema },
  },
  'POST /auth/token': {
    summary: 'A token for a signed `SignIn`.',
    scope: null,
    request: z.strictObject({ ...signInSchema.shape, ...wishShape }),
    responses: { 201: tokenReplySchema },
  },
  'POST /auth/siwe': {
    summary: 'A token for a signed message of EIP-4361.',
    scope: null,
    request: z.strictObject({ ...siweSchema.shape, ...wishShape }),
    responses: { 201: tokenReplySchema },
  },
  'GET /auth/tokens': { summary: 'Live sign-ins.', scope: 'tokens', responses: { 200: tokensReplySchema } },
  'DELETE /auth/tokens/:id': { summary: 'Ends a sign-in.', scope: 'tokens', responses: { 204: null } },

  'POST /vouchers': {
    summary: 'Lifts the account’s quota.',
    scope: 'pins',
    request: voucherSchema,
    responses: { 201: voucherPostedSchema },
  },
  'POST /blocks': {
    summary: 'Brings blocks for a pin.',
    scope: 'pins',
    request: [media.car],
    responses: { 201: uploadedSchema },
  },
  'GET /pins': {
    summary: 'Lists pins (IPFS Pinning Service API 1.0).',
    scope: 'pins',
    query: ['cid', 'name', 'match', 'status', 'before', 'after', 'limit', 'meta'],
    responses: { 200: pinsReplySchema },
  },
  'POST /pins': {
    summary: 'Adds a pin.',
    scope: 'pins',
    request: pinSchema,
    responses: { 202: pinStatusSchema },
  },
  'GET /pins/:requestid': { summary: 'A pin.', scope: 'pins', responses: { 200: pinStatusSchema } },
  'POST /pins/:requestid': {
    summary: 'Puts a pin in place of another.',
    scope: 'pins',
    request: pinSchema,
    responses: { 202: pinStatusSchema },
  },
  'DELETE /pins/:requestid': { summary: 'Removes a pin.', scope: 'pins', responses: { 202: null } },

  'POST /staging/:pseudonym': {
    summary: 'Stages a sealed deposit for a pseudonym.',
    scope: 'staging',
    request: [media.car],
    responses: { 201: stagedSchema },
  },
  'GET /staging/:cid': { summary: 'What is staged.', scope: 'staging', responses: { 200: [media.car] } },
  'DELETE /staging/:cid': { summary: 'Lets go what is staged.', scope: 'staging', responses: { 204: null } },

  'PUT /grants/:id': {
    summary: 'Maps pins to a grant.',
    scope: 'grants',
    request: grantMappingSchema,
    responses: { 204: null },
  },
  'DELETE /grants/:id': { summary: 'Closes a mapping.', scope: 'grants', responses: { 204: null } },
  'GET /grants/:id/peer': {
    summary: 'Where the patient’s node can be reached.',
    scope: 'read',
    responses: { 200: grantPeerSchema },
  },
  'GET /ipfs/:cid': {
    summary: 'Ciphertext (trustless gateway), for its owner, or by a live grant.',
    scope: 'read',
    query: ['format', 'dag-scope', 'entity-bytes'],
    headers: ['carekey-grant', 'range', 'if-range', 'if-none-match'],
    responses: { 200: [media.raw, media.car], ...part },
  },
  'GET /receipts': {
    summary: 'What was served to whom.',
    scope: 'grants',
    responses: { 200: receiptsReplySchema },
  },

  'PUT /emergencies/:patient': {
    summary: 'Tells where an emergency summary lies.',
    scope: 'grants',
    request: emergencyDirectorySchema,
    responses: { 204: null },
  },
  'DELETE /emergencies/:patient': { summary: 'Takes it back.', scope: 'grants', responses: { 204: null } },
  'POST /emergencies/:patient': {
    summary: 'An emergency summary, for an open case.',
    scope: 'read',
    request: z.strictObject({ opening: emergencyOpeningSchema }),
    responses: { 200: emergencyReplySchema },
  },

  'POST /inbox/:account': {
    summary: 'Leaves a sealed message.',
    scope: 'inbox',
    request: [media.octets],
    responses: { 201: inboxPostedSchema },
  },
  'GET /inbox': { summary: 'Waiting messages.', scope: 'inbox', responses: { 200: inboxReplySchema } },
  'DELETE /inbox/:id': { summary: 'Acknowledges a message.', scope: 'inbox', responses: { 204: null } },

  'GET /routing/v1/ipns/:name': {
    summary: 'The newest record of a name.',
    scope: null,
    responses: { 200: [media.ipns] },
  },
  'PUT /routing/v1/ipns/:name': {
    summary: 'Publishes a record; it signs for itself.',
    scope: null,
    request: [media.ipns],
    responses: { 200: z.strictObject({}) },
  },
  'PUT /circuit/peer': {
    summary: 'This peer id is mine.',
    scope: 'circuit',
    request: circuitPeerSchema,
    responses: { 204: null },
  },
  'DELETE /circuit/peer/:id': { summary: 'Releases a peer id.', scope: 'circuit', responses: { 204: null } },

  'POST /sponsor': {
    summary: 'Submits one signed act.',
    scope: null,
    request: sponsoredActSchema,
    responses: { 200: sponsoredStatusSchema },
  },
  'GET /sponsor/:id': {
    summary: 'What became of an act.',
    scope: null,
    responses: { 200: sponsoredStatusSchema },
  },
}
