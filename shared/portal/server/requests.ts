import { randomSalt } from '../../crypto/commit.ts'
import {
  accessRequestSchema,
  accessRequestTypedData,
  type Decision,
  decisionTypedData,
  requestIdOf,
  type SignedAccessRequest,
  signedAccessRequestSchema,
} from '../../protocol/access-request.ts'
import type { Category } from '../../protocol/categories.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { grantIdOf, grantTypedData } from '../../protocol/grant.ts'
import type { Period, RequestId } from '../../protocol/ids.ts'
import { answerMessageSchema } from '../../protocol/inbox.ts'
import type { GrantedAccess } from '../../protocol/provider.ts'
import { categoriesBeyond, type Purpose } from '../../protocol/purposes.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import type { Settings } from './options.ts'
import { parse } from './parse.ts'
import { type PractitionerKey, practitionerOf } from './practitioner.ts'
import { requireSigner, sign } from './signature.ts'

export type AccessWish = {
  patient: string
  categories: readonly Category[]
  purpose: Purpose
  /** How long the permission should last: 10 minutes to 366 days. */
  durationSeconds: number
  /** One sentence for the patient, at most 280 characters. */
  reason: string
  /** Who asks inside the organization. */
  practitioner?: string
  /** Signs the request beside the organization; the permission then stands and falls with this accreditation. */
  signedBy?: PractitionerKey
  /** How long the request waits for an answer. Default 7 days, at most 14. */
  answerWithinSeconds?: number
} & ({ lastYears: number; period?: never } | { period: Period; lastYears?: never })

/** A request ready for the page or the inbox; `id` is what the answer will name. */
export interface OutgoingRequest extends SignedAccessRequest {
  id: RequestId
}

const requestKey = (id: string) => `request:${id}`

export async function requestAccess(
  { settings, ledger }: { settings: Settings; ledger: Ledger },
  wish: AccessWish,
): Promise<OutgoingRequest> {
  if (wish.categories.length === 0) {
    throw new CarekeyError('scope-empty', 'Name at least one category of records to ask for.')
  }
  if (categoriesBeyond(wish.purpose, wish.categories).length > 0) {
    throw new CarekeyError(
      'purpose-exceeded',
      'To bill, one may ask for bills alone. Ask for care by another request.',
    )
  }
  const now = await ledger.now()
  const request = parse(
    accessRequestSchema,
    {
      organization: settings.organization,
      patient: wish.patient,
      categories: wish.categories,
      period: wish.period ?? lastYears(wish.lastYears ?? 0, new Date(now * 1_000)),
      purpose: wish.purpose,
      durationSeconds: wish.durationSeconds,
      reason: wish.reason,
      practitioner: wish.practitioner ?? '',
      nonce: randomSalt(),
      deadline: now + (wish.answerWithinSeconds ?? limits.requestDefaultSeconds),
    },
    'The request',
  )
  const data = accessRequestTypedData(settings.network, request)
  const signed = {
    request,
    signature: await sign(settings.account, data),
    ...(wish.signedBy ? { practitionerSignature: await practitionerOf(wish.signedBy).sign(data) } : {}),
  }
  const id = requestIdOf(settings.network, request)
  await settings.store.set(
    requestKey(id),
    JSON.stringify(signed),
    request.deadline + limits.decisionGraceSeconds,
  )
  return { id, ...signed }
}

function lastYears(years: number, today: Date): Period {
  const start = new Date(today)
  start.setUTCFullYear(start.getUTCFullYear() - years)
  return { start: start.toISOString().slice(0, 10), end: today.toISOString().slice(0, 10) }
}

/** The patient's verified answer to one of this organization's requests. */
export type PatientDecision = {
  patient: string
  request: RequestId
  outcome: Decision['outcome']
  decidedAt: number
} & ({ kind: 'granted'; granted: GrantedAccess } | { kind: 'decided' })

/**
 * Checks an answer that came by the page or the inbox: it must be signed by the patient who was asked.
 * Throws CarekeyError `params-invalid`, `request-replayed` (nobody asked), `signature-wrong`, `patient-mismatch`,
 * `grant-not-yours`.
 */
export async function acceptDecision(settings: Settings, answer: unknown): Promise<PatientDecision> {
  const message = parse(answerMessageSchema, answer, 'The patient’s answer')
  const { decision, signature } = message
  const asked = await settings.store.get(requestKey(decision.request))
  if (asked === undefined) throw new CarekeyError('request-replayed', 'This answers no request of ours.')
  const { request } = signedAccessRequestSchema.parse(JSON.parse(asked))
  const { patient } = request
  await requireSigner(
    decisionTypedData(settings.network, decision),
    signature,
    patient,
    'the patient’s answer',
  )
  const facts = {
    patient,
    request: decision.request,
    outcome: decision.outcome,
    decidedAt: decision.decidedAt,
  }
  if (message.kind === 'decided') {
    if (decision.grant !== null) throw malformed()
    return { ...facts, kind: 'decided' }
  }
  const { kind: _, ...granted } = message
  const { grant } = granted.grant
  if (decision.grant !== granted.grantId || grantIdOf(settings.network, grant) !== granted.grantId)
    throw malformed()
  if (grant.patient !== patient)
    throw new CarekeyError('patient-mismatch', 'This permission is another patient’s.')
  if (grant.grantee !== settings.organization) {
    throw new CarekeyError('grant-not-yours', 'This permission is for another organization.')
  }
  await requireSigner(
    grantTypedData(settings.network, grant),
    granted.grant.signature,
    patient,
    'the permission',
  )
  // As long as the permission runs, the patient may narrow or extend it, and answers this request once more.
  await settings.store.set(
    requestKey(decision.request),
    asked,
    Math.max(request.deadline, grant.notAfter) + limits.decisionGraceSeconds,
  )
  return { ...facts, kind: 'granted', granted }
}

const malformed = () => new CarekeyError('params-invalid', 'The patient’s answer contradicts itself.')
