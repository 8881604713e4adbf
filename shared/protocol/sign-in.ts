import { z } from 'zod'
import {
  addressSchema,
  cidSchema,
  grantIdSchema,
  hash32Schema,
  originSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** Signed by any account to get a relay's bearer token. `audience` is the relay's own origin. */
export const signInSchema = z.strictObject({
  account: addressSchema,
  audience: originSchema,
  nonce: hash32Schema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
export type SignIn = z.infer<typeof signInSchema>

export const signInTypedData = (deployment: Deployment, signIn: Omit<SignIn, 'signature'>): TypedData =>
  typedData(deployment, 'SignIn', {
    account: signIn.account,
    audience: signIn.audience,
    nonce: signIn.nonce,
    deadline: BigInt(signIn.deadline),
  })

/** The libp2p protocol by which an organization fetches from the patient's own node (protocol, section 9). */
export const RETRIEVAL_PROTOCOL = '/carekey/retrieve/1.0.0'

/** First frame, server to client. */
export const retrievalNonceSchema = z.strictObject({ nonce: hash32Schema })

/** Second frame, client to server: signed by the grantee's registered key. `peer` is the server's peer id. */
export const retrievalProofSchema = z.strictObject({
  grant: grantIdSchema,
  cid: cidSchema,
  peer: z.string().min(10).max(100),
  nonce: hash32Schema,
  deadline: unixSecondsSchema,
  signature: signatureSchema,
})
export type RetrievalProof = z.infer<typeof retrievalProofSchema>

/** Third frame, server to client; after `ok: true` a CARv1 stream follows until the stream ends. */
export const retrievalAnswerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), reason: z.string().max(64) }),
])
export type RetrievalAnswer = z.infer<typeof retrievalAnswerSchema>

export const retrievalTypedData = (
  deployment: Deployment,
  proof: Omit<RetrievalProof, 'signature'>,
): TypedData =>
  typedData(deployment, 'Retrieval', {
    grant: proof.grant,
    cid: proof.cid,
    peer: proof.peer,
    nonce: proof.nonce,
    deadline: BigInt(proof.deadline),
  })
