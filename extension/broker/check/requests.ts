import type { Organization } from '../../../shared/contracts/organizations.ts'
import {
  accessRequestTypedData,
  requestIdOf,
  type SignedAccessRequest,
} from '../../../shared/protocol/access-request.ts'
import { anchorDigestOf, anchorTypedData } from '../../../shared/protocol/anchor.ts'
import { depositTypedData, type ReviewWish } from '../../../shared/protocol/attestation.ts'
import {
  challengeDigestOf,
  challengeTypedData,
  type SignedChallenge,
  type Voucher,
  voucherTypedData,
} from '../../../shared/protocol/connection.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { OrganizationId } from '../../../shared/protocol/ids.ts'
import { limits } from '../../../shared/protocol/limits.ts'
import type { DepositOffer } from '../../../shared/protocol/provider.ts'
import { categoriesBeyond } from '../../../shared/protocol/purposes.ts'
import { mayRequest } from '../../../shared/protocol/roles.ts'
import type { TypedData } from '../../../shared/protocol/typed-data.ts'
import type { Hex, World } from '../ports.ts'
import { type Clocks, requireDeadline } from './deadline.ts'
import { requireAccredited, requireOrigin } from './organization.ts'
import { requirePractitionerSigner } from './practitioner.ts'
import { requireSigner } from './signature.ts'

/** What is known of a request once it passed: its id (the digest it is signed by) and who asks. */
export interface Checked {
  id: Hex
  organization: Organization
}

type Checks = Pick<World, 'ledger' | 'network' | 'now'>

/** Everything that the vault is not needed for; `origin` is null for what came by the inbox. */
interface Claim {
  organization: OrganizationId
  origin: string | null
  data: TypedData
  signature: Hex
  deadline: number
  maxAheadSeconds: number
}

async function clocksOf({ ledger, now }: Checks): Promise<Clocks> {
  const chain = await ledger.time()
  return { chain, latest: Math.max(chain, now()) }
}

async function check(world: Checks, claim: Claim): Promise<Organization> {
  const clocks = await clocksOf(world)
  const organization = await requireAccredited(world.ledger, claim.organization, clocks.chain)
  if (claim.origin !== null) requireOrigin(organization, claim.origin)
  await requireSigner(claim.data, claim.signature, organization.signer)
  requireDeadline(claim.deadline, clocks, claim.maxAheadSeconds)
  return organization
}

// Each throws CarekeyError `organization-unknown`, `organization-suspended`, `organization-expired`,
// `origin-not-registered`, `signature-wrong`, `deadline-passed`, `deadline-too-far` or `ledger-unreachable`.

/** Also `origin-refused`, for a challenge that was signed for another web site. */
export async function checkChallenge(
  world: Checks,
  signed: SignedChallenge,
  origin: string,
): Promise<Checked> {
  const { challenge, signature } = signed
  if (challenge.origin !== origin) {
    throw new CarekeyError('origin-refused', 'This challenge was signed for another web site.')
  }
  const organization = await check(world, {
    organization: challenge.organization,
    origin,
    data: challengeTypedData(world.network, challenge),
    signature,
    deadline: challenge.deadline,
    maxAheadSeconds: limits.challengeMaxSeconds,
  })
  return { id: challengeDigestOf(world.network, challenge), organization }
}

export async function checkVoucher(world: Checks, voucher: Voucher, origin: string): Promise<Organization> {
  return await check(world, {
    organization: voucher.organization,
    origin,
    data: voucherTypedData(world.network, voucher),
    signature: voucher.signature,
    deadline: voucher.deadline,
    maxAheadSeconds: limits.voucherMaxSeconds,
  })
}

/** Also `record-too-large`, `statement-mismatch` and `support-refused` for a review, and `params-invalid` for a relay that this build does not know. */
export async function checkOffer(
  world: Checks,
  offer: DepositOffer,
  origin: string | null,
): Promise<Checked> {
  if (!world.network.relays.includes(offer.relay)) {
    throw new CarekeyError('params-invalid', 'The record is staged at a relay that Carekey does not know.', {
      data: { relay: offer.relay },
    })
  }
  if (offer.sealedBytes > limits.sealedRecordMaxBytes) {
    throw new CarekeyError('record-too-large', 'A record may have at most 64 MiB.')
  }
  const organization = await check(world, {
    organization: offer.author,
    origin,
    data: anchorTypedData(world.network, offer.anchor),
    signature: offer.signature,
    deadline: offer.anchor.deadline,
    maxAheadSeconds: limits.submissionMaxSeconds,
  })
  if (offer.review) await checkReview(world, offer, offer.review, organization)
  return { id: anchorDigestOf(world.network, offer.anchor), organization }
}

/** The author must ask for votes on this very record, and of those alone whom the ledger lets vote. */
async function checkReview(
  world: Checks,
  { anchor, author }: DepositOffer,
  { deposit, signature, supporters }: ReviewWish,
  { signer }: Organization,
): Promise<void> {
  const isOfThis =
    deposit.author === author &&
    deposit.commitment === anchor.commitment &&
    deposit.subject === anchor.subject
  if (!isOfThis) {
    throw new CarekeyError('statement-mismatch', 'The check that is asked for is of another record.')
  }
  const clocks = await clocksOf(world)
  await requireSigner(depositTypedData(world.network, deposit), signature, signer)
  requireDeadline(deposit.deadline, clocks, limits.submissionMaxSeconds)
  requireDeadline(deposit.votingUntil, clocks, limits.votingMaxSeconds)
  const named = await world.ledger.supportersOf(author)
  if (named.length !== supporters.length || named.some((id, index) => id !== supporters[index])) {
    throw new CarekeyError('support-refused', 'Those who would check the record are not those on the ledger.')
  }
}

/** The practitioner who asks must be the organization's, accredited, and allowed to ask for this purpose. */
async function checkAsker(
  { ledger, network }: Checks,
  { request, practitionerSignature }: SignedAccessRequest,
): Promise<void> {
  if (!practitionerSignature) return
  const data = accessRequestTypedData(network, request)
  const { role } = await requirePractitionerSigner(ledger, request.organization, practitionerSignature, data)
  if (mayRequest(role, request.purpose)) return
  throw new CarekeyError('role-exceeded', 'In this role, one may not ask for this purpose.')
}

/**
 * Also `scope-empty`, `purpose-exceeded`; and of a practitioner's signature `practitioner-unknown`, `practitioner-suspended`,
 * `practitioner-expired`, `role-exceeded`.
 */
export async function checkAccess(
  world: Checks,
  signed: SignedAccessRequest,
  origin: string | null,
): Promise<Checked> {
  const { request, signature } = signed
  const organization = await check(world, {
    organization: request.organization,
    origin,
    data: accessRequestTypedData(world.network, request),
    signature,
    deadline: request.deadline,
    maxAheadSeconds: limits.requestMaxSeconds,
  })
  if (request.categories.length === 0) {
    throw new CarekeyError('scope-empty', 'The request names no category of records. Name at least one.')
  }
  if (categoriesBeyond(request.purpose, request.categories).length > 0) {
    throw new CarekeyError(
      'purpose-exceeded',
      'To bill, one may ask for bills alone. Ask for care by another request.',
    )
  }
  await checkAsker(world, signed)
  return { id: requestIdOf(world.network, request), organization }
}
