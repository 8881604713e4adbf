import { contentHashOf, randomSalt } from '../../../shared/crypto/commit.ts'
import { encodeEnvelope } from '../../../shared/crypto/envelope.ts'
import { seal } from '../../../shared/crypto/seal.ts'
import {
  type AccessRequest,
  accessRequestTypedData,
  type SignedAccessRequest,
} from '../../../shared/protocol/access-request.ts'
import { type Anchor, anchorTypedData } from '../../../shared/protocol/anchor.ts'
import { type Deposit, depositTypedData, type ReviewWish } from '../../../shared/protocol/attestation.ts'
import {
  type Challenge,
  challengeTypedData,
  type SignedChallenge,
  type Voucher,
  voucherTypedData,
} from '../../../shared/protocol/connection.ts'
import { hash32Schema, pseudonymSchema, signatureSchema } from '../../../shared/protocol/ids.ts'
import type { DepositOffer } from '../../../shared/protocol/provider.ts'
import { commitmentOf, encodeStatement, type Statement } from '../../../shared/protocol/statement.ts'
import type { TypedData } from '../../../shared/protocol/typed-data.ts'
import { type Organization, relayOrigin, type TestChain } from './chain.ts'
import { cidOf, type TestRelay } from './relay.ts'

const minute = 60
const day = 24 * 60 * minute

/** What a hospital's server signs; every part can be made wrong. */
export interface Hospital {
  organization: Organization
  challenge(change?: Partial<Challenge>): Promise<SignedChallenge>
  voucher(patient: string, change?: Partial<Voucher>): Promise<Voucher>
  offer(to: { patient: string; recipient: string }, change?: OfferChange): Promise<DepositOffer>
  request(patient: string, change?: Partial<AccessRequest>): Promise<SignedAccessRequest>
}

export interface OfferChange {
  statement?: Partial<Statement>
  anchor?: Partial<Anchor>
  content?: string
  /** Asks these to check the record: those that the author names on the ledger, unless the test lies. */
  review?: { supporters: Organization[]; deposit?: Partial<Deposit>; signer?: Organization }
  /** What is really sealed, where it differs from what was hashed. */
  sealedContent?: string
}

export function hospitalOf(chain: TestChain, relay: TestRelay, organization: Organization): Hospital {
  const sign = async (data: TypedData) =>
    signatureSchema.parse(await organization.account.signTypedData(data))
  const salt = () => hash32Schema.parse(randomSalt())
  const { network } = chain
  const reviewWish = async (
    { commitment, subject }: Anchor,
    { supporters, deposit: change, signer = organization }: NonNullable<OfferChange['review']>,
  ): Promise<ReviewWish> => {
    const now = await chain.time()
    const deposit: Deposit = {
      author: organization.id,
      commitment,
      subject,
      votingUntil: now + 7 * day,
      deadline: now + 7 * day,
      ...change,
    }
    const signature = await signer.account.signTypedData(depositTypedData(network, deposit))
    return {
      deposit,
      signature: signatureSchema.parse(signature),
      supporters: supporters.map(({ id }) => id),
    }
  }
  return {
    organization,
    async challenge(change = {}) {
      const challenge = {
        organization: organization.id,
        origin: organization.origin,
        nonce: salt(),
        deadline: (await chain.time()) + 5 * minute,
        ...change,
      }
      return { challenge, signature: await sign(challengeTypedData(network, challenge)) }
    },
    async voucher(patient, change = {}) {
      const voucher = {
        organization: organization.id,
        patient: pseudonymSchema.parse(patient),
        deadline: (await chain.time()) + 300 * day,
        ...change,
      }
      return { ...voucher, signature: await sign(voucherTypedData(network, voucher)) }
    },
    async offer({ patient, recipient }, change = {}) {
      const content = new TextEncoder().encode(change.content ?? '{"resourceType":"Bundle"}')
      const statement: Statement = {
        version: 1,
        subject: pseudonymSchema.parse(patient),
        author: organization.id,
        title: 'Lipid panel',
        category: 'laboratory',
        mediaType: 'application/fhir+json',
        period: { start: '2026-11-01', end: '2026-11-01' },
        issuedAt: '2026-11-02T09:30:00Z',
        contentHash: hash32Schema.parse(await contentHashOf(content)),
        contentBytes: content.length,
        previous: null,
        salt: salt(),
        ...change.statement,
      }
      const bytes = encodeStatement(statement)
      const anchor: Anchor = {
        commitment: commitmentOf(bytes),
        subject: statement.subject,
        previous: statement.previous,
        deadline: (await chain.time()) + 7 * day,
        ...change.anchor,
      }
      const sealedContent = change.sealedContent ? new TextEncoder().encode(change.sealedContent) : content
      const sealed = await seal([recipient], encodeEnvelope({ statement: bytes, content: sealedContent }))
      const cid = cidOf(sealed)
      relay.staged.set(cid, sealed)
      const review = change.review && (await reviewWish(anchor, change.review))
      return {
        ...(review && { review }),
        anchor,
        author: organization.id,
        signature: await sign(anchorTypedData(network, anchor)),
        cid,
        sealedBytes: sealed.length,
        relay: relayOrigin,
      }
    },
    async request(patient, change = {}) {
      const request: AccessRequest = {
        organization: organization.id,
        patient: pseudonymSchema.parse(patient),
        categories: ['laboratory', 'medications'],
        period: { start: '2021-11-21', end: '2026-11-21' },
        purpose: 'TREAT',
        durationSeconds: 7 * day,
        reason: 'Your check-in today',
        practitioner: 'Dr. Maja Lindqvist',
        nonce: salt(),
        deadline: (await chain.time()) + day,
        ...change,
      }
      return { request, signature: await sign(accessRequestTypedData(network, request)) }
    },
  }
}
