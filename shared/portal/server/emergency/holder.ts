import { recipientOf } from '../../../crypto/derive.ts'
import { open, seal } from '../../../crypto/seal.ts'
import { type Voucher, voucherTypedData } from '../../../protocol/connection.ts'
import { emergencyCaseIdOf } from '../../../protocol/emergency.ts'
import {
  emergencyLinkTypedData,
  holdersHashOf,
  type ShareHeld,
  type ShareOffer,
  type ShareRelease,
  type ShareRequest,
  shareHashOf,
  shareHeldTypedData,
  shareRequestTypedData,
} from '../../../protocol/emergency-shares.ts'
import { CarekeyError, type Reason } from '../../../protocol/errors.ts'
import type { Pseudonym } from '../../../protocol/ids.ts'
import { issueVoucher } from '../connect.ts'
import { limits } from '../limits.ts'
import { type Settings, unixNow } from '../options.ts'
import type { Relay } from '../relay.ts'
import { requireSigner, sign } from '../signature.ts'
import type { EmergencyLedger } from './ledger.ts'

export interface HolderContext {
  settings: Settings
  relay: Relay
  ledger: EmergencyLedger
}

const shareKey = (patient: Pseudonym, holders: string) => `emergency-share:${patient}:${holders}`
const dayKey = () => `emergency-strangers:${Math.floor(unixNow() / limits.daySeconds)}`

/**
 * Keeps a share, sealed to our own recipient, and says so to the patient. An organization that knows the patient vouches
 * for the emergency pseudonym; for strangers it keeps only so many shares a day.
 */
export async function takeOffer(context: HolderContext, offer: ShareOffer): Promise<void> {
  const { settings, relay } = context
  const { directory } = offer
  const holders = holdersHashOf(directory)
  const share = Buffer.from(offer.share, 'base64')
  const mine = directory.holders.find(({ organization }) => organization === settings.organization)
  if (!mine) throw new CarekeyError('grant-not-yours', 'This share is meant for another organization.')
  if (shareHashOf(share) !== mine.shareHash) {
    throw new CarekeyError('record-hash-wrong', 'This is not the share that the patient’s list names.')
  }
  if (offer.relay !== settings.relay) {
    throw new CarekeyError('params-invalid', 'This share names a relay that is not ours.')
  }
  const isKnown = offer.vouched !== null
  if (isKnown) await requirePatientOfOurs(settings, offer, holders)
  else await countStranger(settings)
  const kept = await seal([await recipientOf(settings.ageIdentity)], share)
  const until = unixNow() + limits.shareKeptSeconds
  await settings.store.set(shareKey(directory.patient, holders), Buffer.from(kept).toString('base64'), until)
  const held = { organization: settings.organization, holders }
  const answer: ShareHeld = {
    kind: 'emergency-held',
    ...held,
    voucher: isKnown ? await issueVoucher(settings, directory.patient) : null,
    signature: await sign(settings.account, shareHeldTypedData(settings.network, held)),
  }
  await relay.leave(directory.patient, await sealJson(offer.recipient, answer))
}

async function requirePatientOfOurs(
  settings: Settings,
  { vouched, directory }: ShareOffer,
  holders: `0x${string}`,
): Promise<void> {
  if (!vouched) return
  const { voucher, signature } = vouched
  const { signature: own, ...word }: Voucher = voucher
  if (word.organization !== settings.organization || word.deadline < unixNow()) {
    throw new CarekeyError('voucher-required', 'This voucher is another organization’s, or has run out.')
  }
  await requireSigner(voucherTypedData(settings.network, word), own, settings.account.address, 'the voucher')
  const link = { patient: directory.patient, pseudonym: word.patient, holders }
  await requireSigner(emergencyLinkTypedData(settings.network, link), signature, word.patient, 'the share')
}

async function countStranger({ store }: Settings): Promise<void> {
  const count = Number((await store.get(dayKey())) ?? 0)
  if (count >= limits.strangersSharesPerDay) {
    throw new CarekeyError('budget-spent', 'No more shares of unknown patients are kept today.')
  }
  await store.set(dayKey(), String(count + 1), unixNow() + limits.daySeconds)
}

/**
 * Answers an organization that asks for a share: sealed to the recipient that the ledger has for it, and only while the
 * ledger says so. Throws for who is not what they say; every other refusal is answered.
 */
export async function answerRequest(context: HolderContext, request: ShareRequest): Promise<boolean> {
  const { settings, relay, ledger } = context
  const { opening } = request
  const id = emergencyCaseIdOf(settings.network, opening)
  const [organization, practitioner] = await Promise.all([
    ledger.organization(request.organization),
    ledger.practitioner(opening.practitioner),
  ])
  if (!organization) throw new CarekeyError('organization-unknown', 'Nobody knows who asks for this share.')
  const data = shareRequestTypedData(settings.network, id, request)
  await requireSigner(data, request.signature, organization.signer, 'the request for a share')
  if (request.deadline < unixNow()) {
    throw new CarekeyError('deadline-passed', 'This request for a share came too late.')
  }
  const answer =
    practitioner?.organization === request.organization
      ? await answerTo(context, request, id)
      : refused('grant-not-yours')
  const release: ShareRelease = {
    kind: 'emergency-release',
    opening: id,
    organization: settings.organization,
    answer,
  }
  await relay.leave(organization.signer, await sealJson(organization.recipient, release))
  return answer.outcome === 'released'
}

type Answer = ShareRelease['answer']
const refused = (reason: Reason): Answer => ({ outcome: 'refused', reason })

async function answerTo(
  { settings, ledger }: HolderContext,
  { opening, holders }: ShareRequest,
  id: ShareRelease['opening'],
): Promise<Answer> {
  const { patient } = opening
  const [terms, found] = await Promise.all([ledger.terms(patient), ledger.caseOf(patient, id)])
  if (!found) return refused('emergency-unknown')
  if (found.state === 'vetoed' || found.state === 'closed') return refused('emergency-over')
  // A share of a policy that was replaced opens what the patient has withdrawn.
  if (terms?.holdersHash !== holders) return refused('emergency-refused')
  const kept = await settings.store.get(shareKey(patient, holders))
  if (kept === undefined) return refused('record-missing')
  // Asked last, so that nothing lies between the ledger's word and the release.
  if (!(await ledger.mayRelease(opening))) return refused('emergency-refused')
  const share = await open(settings.ageIdentity, Buffer.from(kept, 'base64'))
  return { outcome: 'released', share: Buffer.from(share).toString('base64') }
}

export const sealJson = (recipient: string, message: unknown): Promise<Uint8Array<ArrayBuffer>> =>
  seal([recipient], new TextEncoder().encode(JSON.stringify(message)))
