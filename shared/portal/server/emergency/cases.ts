import { keccak256 } from 'viem'
import { z } from 'zod'
import type { EmergencyCase } from '../../../contracts/emergency.ts'
import { randomSalt } from '../../../crypto/commit.ts'
import { canonicalBytes } from '../../../protocol/canonical.ts'
import {
  type EmergencyCaseId,
  type EmergencyOpening,
  emergencyCaseIdOf,
  emergencyCaseIdSchema,
  emergencyReasonSchema,
  openingTypedData,
} from '../../../protocol/emergency.ts'
import { handleOn, type ShareRelease, shareHashOf } from '../../../protocol/emergency-shares.ts'
import { CarekeyError } from '../../../protocol/errors.ts'
import { practitionerIdSchema, signatureSchema } from '../../../protocol/ids.ts'
import type { TypedData } from '../../../protocol/typed-data.ts'
import { limits } from '../limits.ts'
import { unixNow } from '../options.ts'
import { parse } from '../parse.ts'
import { submitAct } from '../submit-act.ts'
import { auditEventOf, type EmergencyAuditEvent } from './audit-event.ts'
import type { CaseStore, OpenedCase } from './case-store.ts'
import type { HolderContext } from './holder.ts'
import { askHolders, fetchSummary, openSummary } from './read-summary.ts'

export interface OpeningWish {
  /** What the QR code says, or the handle as somebody typed it. */
  card: string
  reason: string
  /** What is written down for the review; on the ledger stands its salted hash. */
  detail: string
  /** The practitioner signs: the key need not be here. */
  practitioner: { id: string; sign: (data: TypedData) => Promise<string> }
}

export interface CaseStatus {
  id: EmergencyCaseId
  /** The later of the ledger's clock and our own, Unix seconds. */
  now: number
  opening: EmergencyOpening
  detail: string
  /** Null as long as the ledger does not have it. */
  ledger: EmergencyCase | null
  shares: { have: number; need: number; refusals: Record<string, string> }
  /** Unix seconds. */
  startedAt: number | null
  stoppedAt: number | null
}

export type ReadSummary =
  | { state: 'collecting'; have: number; need: number }
  /** The document that the patient prepared, FHIR in JSON. */
  | { state: 'open'; content: Uint8Array; closesAt: number }

export type CaseContext = HolderContext & {
  cases: CaseStore
  audit: (event: EmergencyAuditEvent) => Promise<void> | void
}

const wishSchema = z.object({
  card: z.string().max(200),
  reason: emergencyReasonSchema,
  detail: z.string().min(1).max(2_000),
  practitioner: z.object({ id: practitionerIdSchema }),
})

/** Opens a case on the ledger: the wait begins. Throws the ledger's refusal by its reason. */
export async function openCase(
  { settings, relay, ledger, cases }: CaseContext,
  wish: OpeningWish,
  signal?: AbortSignal,
): Promise<CaseStatus> {
  const { card, reason, detail, practitioner } = parse(wishSchema, wish, 'The opening')
  const patient = handleOn(settings.network, card)
  if (!patient) throw new CarekeyError('params-invalid', 'This is not the code of an emergency card.')
  const terms = await ledger.terms(patient)
  if (!terms?.allowed) {
    throw new CarekeyError('emergency-refused', 'This card is not in force: nothing can be opened by it.')
  }
  const salt = randomSalt()
  const opening: EmergencyOpening = {
    patient,
    practitioner: practitioner.id,
    reason,
    detailHash: keccak256(canonicalBytes({ detail, salt })),
    deadline: (await ledger.now()) + limits.openingSeconds,
  }
  const id = emergencyCaseIdOf(settings.network, opening)
  const signature = parse(
    signatureSchema,
    await wish.practitioner.sign(openingTypedData(settings.network, opening)),
    'The practitioner’s signature',
  )
  const organizations = await ledger.organizations(patient)
  const act = { kind: 'opening' as const, opening, signature, organizations }
  await submitAct(relay, { ...act, organization: settings.organization }, signal)
  const nothingYet = { fetched: null, shares: {}, refusals: {}, askedAt: 0, startedAt: null, stoppedAt: null }
  await cases.add({ id, opening, detail, salt, ...nothingYet })
  return caseStatus({ ledger, cases }, id)
}

export async function caseStatus(
  { ledger, cases }: Pick<CaseContext, 'ledger' | 'cases'>,
  caseId: string,
): Promise<CaseStatus> {
  const { id, opening, detail, shares, refusals, startedAt, stoppedAt } = await cases.get(idOf(caseId))
  const [terms, found, now] = await Promise.all([
    ledger.terms(opening.patient),
    ledger.caseOf(opening.patient, id),
    ledger.now(),
  ])
  return {
    id,
    now,
    opening,
    detail,
    ledger: found,
    shares: { have: Object.keys(shares).length, need: terms?.threshold ?? 0, refusals },
    startedAt,
    stoppedAt,
  }
}

/**
 * The summary, once enough holders have released their shares: asks them where that is needed; call it again until the
 * state is `open`. Throws CarekeyError `emergency-refused` before the wait is over, `emergency-over` afterwards.
 */
export async function readCase(
  context: CaseContext,
  caseId: string,
  signal?: AbortSignal,
): Promise<ReadSummary> {
  const { ledger, cases, settings, audit } = context
  const id = idOf(caseId)
  const closesAt = await requireOpen(context, await cases.get(id))
  const terms = await ledger.terms((await cases.get(id)).opening.patient)
  const need = terms?.threshold ?? Number.POSITIVE_INFINITY
  let opened = await cases.get(id)
  if (!opened.fetched) {
    const fetched = await fetchSummary(context, opened, signal)
    opened = await cases.change(id, (now) => ({ ...now, fetched }))
  }
  const { fetched } = opened
  if (!fetched) throw new CarekeyError('emergency-over', 'Reading has ended.')
  const shares = Object.values(opened.shares)
  if (shares.length < need) {
    if (unixNow() - opened.askedAt >= limits.shareAskAgainSeconds) {
      await cases.change(id, (now) => ({ ...now, askedAt: unixNow() }))
      await askHolders(context, opened, fetched.directory, signal)
    }
    return { state: 'collecting', have: shares.length, need }
  }
  const content = await openSummary(fetched, shares.slice(0, need))
  if (opened.startedAt === null) {
    // First the note, then the summary: what cannot be noted is not shown.
    const at = unixNow()
    await audit(
      auditEventOf('start', { id, opening: opened.opening, organization: settings.organization, at }),
    )
    await cases.change(id, (now) => ({ ...now, startedAt: at }))
  }
  // Collecting takes time, in which the patient may have vetoed.
  await requireOpen(context, opened)
  return { state: 'open', content, closesAt }
}

async function requireOpen({ ledger }: CaseContext, { id, opening, stoppedAt }: OpenedCase): Promise<number> {
  if (stoppedAt !== null) throw over()
  const found = await ledger.caseOf(opening.patient, id)
  if (!found) throw new CarekeyError('emergency-unknown', 'The ledger does not have this case yet.')
  if (await ledger.mayRelease(opening)) return found.closesAt
  if (found.state === 'waiting' || found.state === 'open') {
    throw new CarekeyError('emergency-refused', 'The wait is not over, or the card was withdrawn.')
  }
  throw over()
}

const over = () => new CarekeyError('emergency-over', 'This case is over: nothing is shown for it any more.')

/** Ends reading: shares and ciphertext are forgotten, and the end is noted. Repeating is harmless. */
export async function closeCase({ cases, settings, audit }: CaseContext, caseId: string): Promise<void> {
  const id = idOf(caseId)
  await cases.change(id, async (opened) => {
    if (opened.stoppedAt !== null) return opened
    const at = unixNow()
    if (opened.startedAt !== null) {
      await audit(
        auditEventOf('stop', { id, opening: opened.opening, organization: settings.organization, at }),
      )
    }
    return { ...opened, fetched: null, shares: {}, stoppedAt: at }
  })
}

/** Closes every case whose window has ended, or that was vetoed, whoever looks or not. */
export async function closeEnded(context: CaseContext): Promise<void> {
  for (const id of await context.cases.ids()) {
    const opened = await context.cases.get(id)
    if (opened.stoppedAt !== null) continue
    const found = await context.ledger.caseOf(opened.opening.patient, id)
    const isOver =
      found !== null && (found.state === 'vetoed' || found.state === 'closed' || unixNow() >= found.closesAt)
    if (isOver) await closeCase(context, id)
  }
}

/** A holder's answer. Throws CarekeyError for a case that nobody opened here, and for a share that is not the holder's. */
export async function takeRelease({ cases }: CaseContext, release: ShareRelease): Promise<void> {
  const { organization, answer } = release
  await cases.change(release.opening, (opened) => {
    if (opened.stoppedAt !== null) return opened
    if (answer.outcome === 'refused') {
      return { ...opened, refusals: { ...opened.refusals, [organization]: answer.reason } }
    }
    const holder = opened.fetched?.directory.holders.find((one) => one.organization === organization)
    if (holder?.shareHash !== shareHashOf(Buffer.from(answer.share, 'base64'))) {
      throw new CarekeyError('record-hash-wrong', 'A holder gave another share than the patient’s.')
    }
    return { ...opened, shares: { ...opened.shares, [organization]: answer.share } }
  })
}

const idOf = (text: string): EmergencyCaseId => parse(emergencyCaseIdSchema, text, 'The case')
