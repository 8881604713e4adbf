import { accreditationRefusal, type Organization } from '../../shared/contracts/organizations.ts'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { seal } from '../../shared/crypto/seal.ts'
import type { ReviewWish } from '../../shared/protocol/attestation.ts'
import { toBase64 } from '../../shared/protocol/base64.ts'
import {
  type Grant,
  grantIdOf,
  grantTypedData,
  type Scope,
  scopeHashOf,
} from '../../shared/protocol/grant.ts'
import { hash32Schema, type OrganizationId } from '../../shared/protocol/ids.ts'
import type { ReviewMessage } from '../../shared/protocol/inbox.ts'
import type { DepositReceipt } from '../../shared/protocol/provider.ts'
import type { Statement } from '../../shared/protocol/statement.ts'
import { ownerToken, pseudonymToken } from './accounts.ts'
import { activateGrant, changeGrant, giveUpGrant } from './grants.ts'
import { limits } from './limits.ts'
import { sealManifest } from './manifest.ts'
import type { StoredGrant, StoredRecord, World } from './ports.ts'
import { isPassing, submitAct } from './sponsor.ts'

// Others check a deposit before its author keeps it as confirmed (protocol, sections 5.2 and 6.3).

type Review = NonNullable<StoredRecord['review']>
type Planned = Review['grants'][number]

/**
 * What a record's row keeps of the patient's answer. The grants are written whole before any is signed: a signature is a
 * function of its key and of these bytes, so that whoever goes on after a restart makes the same grants and no others.
 */
export function planReview(wish: ReviewWish, statement: Statement, letReview: boolean, now: number): Review {
  const { deposit, supporters } = wish
  const planOf = (grantee: OrganizationId): Planned => {
    const scope: Scope = {
      version: 1,
      categories: [statement.category],
      period: statement.period,
      commitments: [deposit.commitment],
      salt: hash32Schema.parse(randomSalt()),
    }
    const grant: Grant = {
      patient: deposit.subject,
      grantee,
      purpose: 'HOPERAT',
      notBefore: now,
      notAfter: deposit.votingUntil,
      scopeHash: scopeHashOf(scope),
      deadline: Math.min(deposit.votingUntil, now + limits.grantDeadlineSeconds),
    }
    return { scope, grant }
  }
  return { ...wish, grants: letReview ? supporters.map(planOf) : [] }
}

/** What the author is told of the answer. */
export function reviewAnswer({
  review,
}: Pick<StoredRecord, 'review'>): NonNullable<DepositReceipt['review']> {
  if (!review) return 'none'
  return review.grants.length > 0 ? 'granted' : 'declined'
}

/**
 * Gives a saved record's grants that are not there yet. What fails now is made up for by `finishReviews`: the record
 * itself is saved either way.
 */
export async function giveReviews(world: World, record: StoredRecord): Promise<void> {
  const { review } = record
  if (!review) return
  await Promise.all(review.grants.map((plan) => give(world, record, review, plan).catch(() => undefined)))
}

/** Reviews of records that are saved, but which not every supporter has heard of. */
export async function finishReviews(world: World): Promise<void> {
  for (const record of await world.tables.records.all()) {
    if (record.status === 'saved') await giveReviews(world, record)
  }
}

async function give(world: World, record: StoredRecord, review: Review, plan: Planned): Promise<void> {
  const { tables, ledger, network } = world
  const { grant } = plan
  const grantId = grantIdOf(network, grant)
  const known = await tables.grants.get(grantId)
  // Told, ended by the patient, or refused by the ledger.
  if (known && (known.review?.told || !goesOn(known))) return
  const now = Math.max(await ledger.time(), world.now())
  if (now >= grant.deadline && known?.status !== 'active') return
  const supporter = await ledger.organization(grant.grantee)
  if (!supporter || accreditationRefusal(supporter, now) !== null) return
  const stored = known ?? (await prepare(world, record, plan, supporter))
  if (!stored) return
  const active = await place(world, record, stored).catch(async (error: unknown) => {
    if (!isPassing(error)) await giveUpGrant(world, stored)
    throw error
  })
  if (active?.status !== 'active') return
  await noteOnce(world, record, active, supporter)
  await tell(world, review, active, supporter)
}

const goesOn = ({ status }: StoredGrant) => status === 'submitting' || status === 'active'

/** Once this row is there, every later step can be done again; before it, nothing is but a block that nobody asks for. */
async function prepare(
  world: World,
  record: StoredRecord,
  { scope, grant }: Planned,
  supporter: Organization,
): Promise<StoredGrant | undefined> {
  const { tables, vault, network, node, now } = world
  const { author } = record.anchor
  const voucher = (await tables.connections.get(author))?.voucher
  if (!voucher) return undefined
  const signed = { grant, signature: await vault.signAs(author, grantTypedData(network, grant)) }
  const grantId = grantIdOf(network, grant)
  const content = { grant: signed, grantId, scope, records: [record] }
  const { cid } = await node.call('node.put', {
    bytes: toBase64(await sealManifest(world, supporter.recipient, content)),
  })
  const stored: StoredGrant = {
    grantId,
    signed,
    request: null,
    scope,
    manifest: cid,
    commitments: scope.commitments,
    relay: record.relay,
    voucher,
    status: 'submitting',
    createdAt: now(),
    review: { author, told: false },
  }
  await tables.grants.put(grantId, stored)
  return stored
}

/** Manifest, mapping and ledger, as for every grant (protocol, section 5.3). */
async function place(
  world: World,
  record: StoredRecord,
  stored: StoredGrant,
): Promise<StoredGrant | undefined> {
  if (stored.status === 'active') return stored
  const { grantId, signed, manifest, relay, voucher } = stored
  const token = await ownerToken(world, relay)
  await world.node.call('node.pin', { cid: manifest, name: 'manifest', relay, token })
  const mapping = { grant: signed.grant, manifest, cids: [record.cid] }
  await world.relay(relay).putGrant(token, grantId, mapping)
  const isThere = async () => (await world.ledger.grantState(signed.grant.patient, grantId)).grantedAt !== 0
  const { grant, signature } = signed
  // By itself: a batch would keep the supporter waiting for a vote that has an end.
  const act = { kind: 'grant', grant, signature, voucher, batch: false } as const
  const { status } = await submitAct(world, relay, act, isThere)
  if (status === 'waiting') return undefined
  const active = await activateGrant(world, grantId)
  world.changed()
  return active
}

async function noteOnce(
  { log }: World,
  record: StoredRecord,
  { grantId, signed }: StoredGrant,
  { name }: Organization,
): Promise<void> {
  const event = 'review-granted'
  const isNoted = (await log.all()).some((line) => line.event === event && line.details.grant === grantId)
  if (isNoted) return
  await log.append({
    event,
    organization: signed.grant.grantee,
    text: `You let ${name} check “${record.statement.title}”.`,
    details: { grant: grantId, commitment: record.commitment },
  })
}

/** Signed in as the author knows the patient: in any other name the supporter could lay two pseudonyms side by side. */
async function tell(
  world: World,
  { deposit, signature }: Review,
  { grantId, signed, manifest, relay }: StoredGrant,
  supporter: Organization,
): Promise<void> {
  const granted = { grant: signed, grantId, manifest, relay }
  const message: ReviewMessage = { kind: 'review', deposit, signature, granted }
  const sealed = await seal([supporter.recipient], new TextEncoder().encode(JSON.stringify(message)))
  const token = await pseudonymToken(world, relay, deposit.author)
  await world.relay(relay).postInbox(token, supporter.signer, sealed)
  await changeGrant(world, grantId, (now) => now.review && { ...now, review: { ...now.review, told: true } })
  world.backUp()
}
