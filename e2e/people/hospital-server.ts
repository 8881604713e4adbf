import { privateKeyToAccount } from 'viem/accounts'
import { openLedger, readHead } from '../../shared/contracts/ledger.ts'
import { organizationIdOf } from '../../shared/contracts/organizations.ts'
import { contentHashOf, randomSalt } from '../../shared/crypto/commit.ts'
import { encodeEnvelope } from '../../shared/crypto/envelope.ts'
import { seal } from '../../shared/crypto/seal.ts'
import { readOptions } from '../../shared/portal/server/options.ts'
import { relayClient } from '../../shared/portal/server/relay.ts'
import { packCar } from '../../shared/portal/server/sealed-file.ts'
import {
  type AccessRequest,
  accessRequestTypedData,
  type SignedAccessRequest,
} from '../../shared/protocol/access-request.ts'
import { type Anchor, anchorTypedData } from '../../shared/protocol/anchor.ts'
import { type Challenge, challengeTypedData, type SignedChallenge } from '../../shared/protocol/connection.ts'
import { hash32Schema, originSchema, pseudonymSchema, signatureSchema } from '../../shared/protocol/ids.ts'
import type { DepositOffer } from '../../shared/protocol/provider.ts'
import { commitmentOf, encodeStatement, type Statement } from '../../shared/protocol/statement.ts'
import type { TypedData } from '../../shared/protocol/typed-data.ts'
import type { Hospital, Stack } from '../stack/stack.ts'

const minute = 60
const day = 24 * 60 * minute

/** Whom something is for, as the hospital learned when they connected. */
export interface Addressee {
  patient: string
  recipient: string
}

export interface OfferChange {
  statement?: Partial<Statement>
  anchor?: Partial<Anchor>
  /** What is really sealed, where it differs from what was hashed. */
  sealedContent?: string
  /** What the statement's own bytes become before they are sealed. */
  sealedStatement?: Partial<Statement>
}

/** A hospital's server gone wrong: it signs whatever it is told, right or not. */
export function hospitalServer({ network, relayOrigin }: Stack, { identifier, origin, keys }: Hospital) {
  const organization = organizationIdOf(identifier)
  const account = privateKeyToAccount(keys.signingKey)
  const ledger = openLedger(network)
  const sign = async (data: TypedData) => signatureSchema.parse(await account.signTypedData(data))
  const salt = () => hash32Schema.parse(randomSalt())
  const options = readOptions({
    network,
    organization: { identifier, origin, signingKey: keys.signingKey, ageIdentity: keys.ageIdentity },
  })
  const now = async () => Math.max((await readHead(ledger)).timestamp, Math.floor(Date.now() / 1_000))

  return {
    organization,
    now,
    async challenge(change: Partial<Challenge> = {}): Promise<SignedChallenge> {
      const challenge = {
        organization,
        origin: originSchema.parse(origin),
        nonce: salt(),
        deadline: (await now()) + 5 * minute,
        ...change,
      }
      return { challenge, signature: await sign(challengeTypedData(network, challenge)) }
    },
    async request(patient: string, change: Partial<AccessRequest> = {}): Promise<SignedAccessRequest> {
      const request: AccessRequest = {
        organization,
        patient: pseudonymSchema.parse(patient),
        categories: ['laboratory'],
        period: { start: '2000-01-01', end: '2100-01-01' },
        purpose: 'TREAT',
        durationSeconds: day,
        reason: 'Your visit today',
        practitioner: '',
        nonce: salt(),
        deadline: (await now()) + day,
        ...change,
      }
      return { request, signature: await sign(accessRequestTypedData(network, request)) }
    },
    /** A staged deposit; each part can be made wrong. */
    async offer({ patient, recipient }: Addressee, change: OfferChange = {}): Promise<DepositOffer> {
      const content = new TextEncoder().encode('{"resourceType":"Bundle","type":"collection","entry":[]}')
      const statement: Statement = {
        version: 1,
        subject: pseudonymSchema.parse(patient),
        author: organization,
        title: 'Letter after your visit',
        category: 'documents',
        mediaType: 'application/fhir+json',
        period: { start: '2026-11-01', end: '2026-11-01' },
        issuedAt: '2026-11-02T09:30:00Z',
        contentHash: hash32Schema.parse(await contentHashOf(content)),
        contentBytes: content.length,
        previous: null,
        salt: salt(),
        ...change.statement,
      }
      const anchor: Anchor = {
        commitment: commitmentOf(encodeStatement(statement)),
        subject: pseudonymSchema.parse(patient),
        previous: statement.previous,
        deadline: (await now()) + day,
        ...change.anchor,
      }
      const envelope = encodeEnvelope({
        statement: encodeStatement({ ...statement, ...change.sealedStatement }),
        content: change.sealedContent ? new TextEncoder().encode(change.sealedContent) : content,
      })
      const { cid, sealedBytes } = await this.stages(patient, await seal([recipient], envelope))
      const signature = await sign(anchorTypedData(network, anchor))
      return {
        anchor,
        author: organization,
        signature,
        cid,
        sealedBytes,
        relay: originSchema.parse(relayOrigin),
      }
    },
    /** Puts any bytes where a sealed deposit belongs. */
    async stages(patient: string, bytes: Uint8Array) {
      const { cid, car } = await packCar(bytes)
      await relayClient(await options, relayOrigin).stage(pseudonymSchema.parse(patient), car)
      return { cid, sealedBytes: bytes.length }
    },
  }
}
export type HospitalServer = ReturnType<typeof hospitalServer>
