import { z } from 'zod'
import { contentHashOf, randomSalt } from '../../crypto/commit.ts'
import { encodeEnvelope } from '../../crypto/envelope.ts'
import { seal } from '../../crypto/seal.ts'
import { anchorTypedData, provenAnchorSchema } from '../../protocol/anchor.ts'
import type { Category } from '../../protocol/categories.ts'
import { recipientSchema } from '../../protocol/connection.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { type Commitment, commitmentSchema, type Period, pseudonymSchema } from '../../protocol/ids.ts'
import { limits as wire } from '../../protocol/limits.ts'
import type { DepositOffer } from '../../protocol/provider.ts'
import { commitmentOf, encodeStatement, statementSchema } from '../../protocol/statement.ts'
import type { DepositStore } from './deposit-store.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import { type Settings, unixNow } from './options.ts'
import { parse } from './parse.ts'
import { type PractitionerKey, practitionerOf } from './practitioner.ts'
import { isOf, keepProof, keptProof, placeOfAnchor } from './proof.ts'
import type { Relay } from './relay.ts'
import { type VotingWish, wishForReview } from './review-wish.ts'
import { packCar } from './sealed-file.ts'
import { sign } from './signature.ts'

/** One clinical document as the organization holds it. */
export interface PortalDocument {
  /** What the patient reads, at most 120 characters. */
  title: string
  category: Category
  /** Such as `application/fhir+json` or `application/pdf`. */
  mediaType: string
  /** First and last day that the document speaks of. */
  period: Period
  /** At most 64 MiB. */
  content: Uint8Array | string
  /** Who answers for it inside the organization. */
  practitioner?: string
  /** Signs the document beside the organization, and is named in it by id. */
  signedBy?: PractitionerKey
  /** The commitment of the version that this one replaces. */
  previous?: Commitment
}

export interface DepositWish {
  patient: string
  recipient: string
  document: PortalDocument
  /**
   * Asks the patient to let this organization's supporters check it, and them to vote. Leave it out for a document that
   * waits for nobody; where no supporters are named it makes no difference.
   */
  review?: VotingWish
}

/** Seals a document to its patient, signs for it, and stages it at the relay. The offer is for the page, or the inbox. */
export async function offerDeposit(
  {
    settings,
    ledger,
    relay,
    deposits,
  }: { settings: Settings; ledger: Ledger; relay: Relay; deposits: DepositStore },
  wish: DepositWish,
  signal?: AbortSignal,
): Promise<DepositOffer> {
  const patient = parse(pseudonymSchema, wish.patient, 'The patient')
  const recipient = parse(recipientSchema, wish.recipient, 'The recipient')
  const { statement, bytes, content } = await statementOf(settings, patient, wish.document)
  const anchor = {
    commitment: commitmentOf(bytes),
    subject: patient,
    previous: wish.document.previous ?? null,
    deadline: (await ledger.now()) + limits.anchorSeconds,
  }
  const review = wish.review ? await wishForReview({ settings, ledger }, wish.review, anchor) : null
  const data = anchorTypedData(settings.network, anchor)
  const signature = await sign(settings.account, data)
  const { signedBy } = wish.document
  const practitionerSignature = signedBy && (await practitionerOf(signedBy).sign(data))
  const sealed = await seal([recipient], encodeEnvelope({ statement: bytes, content }))
  const { cid, car } = await packCar(sealed)
  const staged = await relay.stage(patient, car, signal)
  if (staged !== cid)
    throw new CarekeyError('pin-failed', 'The relay kept something else than what was sent.')
  const { commitment } = anchor
  await deposits.put({ commitment, patient, statement, content, review, offeredAt: unixNow() })
  return {
    anchor,
    author: settings.organization,
    signature,
    ...(practitionerSignature ? { practitionerSignature } : {}),
    cid,
    sealedBytes: sealed.length,
    relay: settings.relay,
    ...(review ? { review } : {}),
  }
}

async function statementOf(settings: Settings, patient: string, document: PortalDocument) {
  const content =
    typeof document.content === 'string' ? new TextEncoder().encode(document.content) : document.content
  if (content.length > wire.recordMaxBytes) {
    throw new CarekeyError(
      'record-too-large',
      'A document may have at most 64 MiB. Split it, or make it smaller.',
    )
  }
  const statement = parse(
    statementSchema,
    {
      version: 1,
      subject: patient,
      author: settings.organization,
      ...(document.practitioner ? { practitioner: document.practitioner } : {}),
      ...(document.signedBy ? { practitionerId: practitionerOf(document.signedBy).id } : {}),
      title: document.title,
      category: document.category,
      mediaType: document.mediaType,
      period: document.period,
      issuedAt: new Date().toISOString(),
      contentHash: await contentHashOf(content),
      contentBytes: content.length,
      previous: document.previous ?? null,
      salt: randomSalt(),
    },
    'The document',
  )
  return { statement, bytes: encodeStatement(statement), content }
}

export type DepositState =
  | { status: 'anchored'; patient: string; blockNumber: number; anchoredAt: number }
  | { status: 'waiting' }

const receiptSchema = z.object({ commitment: commitmentSchema, batched: provenAnchorSchema.optional() })

/** What the ledger says about a deposit: of a receipt only its commitment, and a proof that the ledger takes, is believed. */
export async function confirmDeposit(
  { settings, ledger, relay }: { settings: Settings; ledger: Ledger; relay: Relay },
  receipt: unknown,
  patient: string,
): Promise<DepositState> {
  const { commitment, batched } = parse(receiptSchema, receipt, 'The receipt')
  const subject = parse(pseudonymSchema, patient, 'The patient')
  const proven = batched ?? (await keptProof(settings, commitment))
  const key = { commitment, subject, author: settings.organization }
  if (proven && !isOf(key, proven)) {
    throw new CarekeyError('anchor-mismatch', 'The receipt’s proof is of another record.')
  }
  const found = proven && (await placeOfAnchor({ settings, ledger, relay }, proven))
  const anchor = proven ? found?.place : await ledger.anchorOf(key)
  if (found) await keepProof(settings, found.proven)
  if (!anchor) return { status: 'waiting' }
  return {
    status: 'anchored',
    patient: subject,
    blockNumber: anchor.blockNumber,
    anchoredAt: anchor.timestamp,
  }
}
