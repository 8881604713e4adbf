import { randomSalt } from '../../shared/crypto/commit.ts'
import { seal } from '../../shared/crypto/seal.ts'
import { decisionTypedData, type SignedDecision } from '../../shared/protocol/access-request.ts'
import { toBase64 } from '../../shared/protocol/base64.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import {
  type Grant,
  grantIdOf,
  grantTypedData,
  type Scope,
  scopeHashOf,
} from '../../shared/protocol/grant.ts'
import { type Commitment, type GrantId, hash32Schema } from '../../shared/protocol/ids.ts'
import type { AnswerMessage } from '../../shared/protocol/inbox.ts'
import { limits as wire } from '../../shared/protocol/limits.ts'
import { ownerToken, pseudonymToken } from './accounts.ts'
import { requireAccreditation } from './check/organization.ts'
import { activateGrant, changeGrant, giveUpGrant } from './grants.ts'
import { limits } from './limits.ts'
import { sealManifest } from './manifest.ts'
import type { StoredGrant, StoredRecord, World } from './ports.ts'
import { revocationOf, revoke } from './revoke.ts'
import { categoriesOf } from './selection.ts'
import { isPassing, submitAct } from './sponsor.ts'

// A running sharing is narrowed or extended: the former ends and another begins, in one act (protocol, section 5.5).

export interface Change {
  commitments: Commitment[]
  /** Unix seconds. */
  notAfter: number
}

/**
 * Written down whole in the former's row first, so that whoever goes on after a restart signs the same. Resolves with the
 * new one as soon as it is written down; what is left is done by `finishReplacements`.
 */
export async function replaceGrant(world: World, former: GrantId, change: Change): Promise<StoredGrant> {
  const now = Math.max(await world.ledger.time(), world.now())
  const records = await recordsOf(world, change.commitments)
  const planned = await changeGrant(world, former, (stored) => {
    if (stored.replacement && stored.status === 'active') return undefined
    requireChangeable(stored, change, now)
    return { ...stored, replacement: plan(stored, change, records, now) }
  })
  if (!planned) throw new CarekeyError('grant-unknown', 'This sharing is no longer there.')
  const made = await carryOut(world, planned)
  if (!made) throw new CarekeyError('grant-revoked', 'You have stopped this sharing.')
  return made
}

function requireChangeable(
  { status, signed, review, commitments }: StoredGrant,
  change: Change,
  now: number,
) {
  if (status !== 'active' || review || now >= signed.grant.notAfter) {
    throw new CarekeyError('grant-expired', 'Only a sharing that runs can be changed.')
  }
  const isMore = change.commitments.some((one) => !commitments.includes(one))
  const seconds = change.notAfter - now
  const isTooLong = seconds > wire.grantDurationMaxSeconds || seconds < wire.grantDurationMinSeconds
  if (isMore || isTooLong || change.commitments.length === 0) {
    throw new CarekeyError(
      'params-invalid',
      'Choose some of the records that are shared, and a time of up to a year.',
    )
  }
}

function plan(
  { signed, scope: former }: StoredGrant,
  { commitments, notAfter }: Change,
  records: StoredRecord[],
  now: number,
): NonNullable<StoredGrant['replacement']> {
  const scope: Scope = {
    ...former,
    categories: categoriesOf(records, former.categories),
    commitments: [...new Set(commitments)],
    salt: hash32Schema.parse(randomSalt()),
  }
  const grant: Grant = {
    ...signed.grant,
    notBefore: now,
    notAfter,
    scopeHash: scopeHashOf(scope),
    deadline: now + limits.grantDeadlineSeconds,
  }
  return { scope, grant }
}

async function recordsOf({ tables }: World, commitments: readonly Commitment[]): Promise<StoredRecord[]> {
  const found = await Promise.all(commitments.map((one) => tables.records.get(one)))
  const records = found.filter((record) => record !== undefined)
  if (records.length === found.length) return records
  throw new CarekeyError('record-missing', 'A record that you chose is no longer there.')
}

/** Goes on from whatever is stored. Resolves with the new grant, or nothing where the former was ended meanwhile. */
async function carryOut(world: World, former: StoredGrant): Promise<StoredGrant | undefined> {
  if (!former.replacement) return undefined
  const { grant } = former.replacement
  const id = grantIdOf(world.network, grant)
  let next = await world.tables.grants.get(id)
  if (!next) {
    if ((await world.tables.grants.get(former.grantId))?.status !== 'active') return undefined
    next = await prepare(world, former, former.replacement)
  }
  if (next.status === 'submitting') {
    next =
      (await place(world, former, next).catch(async (error: unknown) => {
        if (!isPassing(error)) {
          await giveUpGrant(world, next as StoredGrant)
          // It runs on as it was, and may be changed once more.
          await changeGrant(world, former.grantId, ({ replacement: _, ...now }) => now)
          throw error
        }
        return undefined
      })) ?? next
  }
  if (next.status === 'active') await settle(world, former, next)
  return next
}

async function prepare(
  world: World,
  former: StoredGrant,
  { scope, grant }: NonNullable<StoredGrant['replacement']>,
): Promise<StoredGrant> {
  const { tables, vault, network, node, ledger, now } = world
  const organization = await ledger.organization(grant.grantee)
  requireAccreditation(organization, await ledger.time())
  if (!organization)
    throw new CarekeyError('organization-unknown', 'Nobody has accredited this organization.')
  const records = await recordsOf(world, scope.commitments)
  const grantId = grantIdOf(network, grant)
  const signed = { grant, signature: await vault.signAs(grant.grantee, grantTypedData(network, grant)) }
  const sealed = await sealManifest(world, organization.recipient, { grant: signed, grantId, scope, records })
  const { cid } = await node.call('node.put', { bytes: toBase64(sealed) })
  const { replacement: _, revocation: __, ...rest } = former
  const stored: StoredGrant = {
    ...rest,
    grantId,
    signed,
    scope,
    manifest: cid,
    commitments: scope.commitments,
    status: 'submitting',
    createdAt: now(),
    replaces: { former: former.grantId, told: false },
  }
  await tables.grants.put(grantId, stored)
  return stored
}

async function place(world: World, former: StoredGrant, next: StoredGrant): Promise<StoredGrant | undefined> {
  const { grantId, signed, manifest, relay, voucher } = next
  const { patient } = signed.grant
  const token = await ownerToken(world, relay)
  await world.node.call('node.pin', { cid: manifest, name: 'manifest', relay, token })
  const cids = (await recordsOf(world, next.commitments)).map((record) => record.cid)
  await world.relay(relay).putGrant(token, grantId, { grant: signed.grant, manifest, cids })
  const ending = await world.inGrantTurn(former.grantId, async () => {
    const stored = (await world.tables.grants.get(former.grantId)) ?? former
    const revocation = await revocationOf(world, stored)
    await world.tables.grants.put(former.grantId, { ...stored, revocation })
    return revocation
  })
  const act = { kind: 'replacement' as const, revocation: ending, ...signed, voucher }
  const isThere = async () => (await world.ledger.grantState(patient, grantId)).grantedAt !== 0
  const { status } = await submitAct(world, relay, act, isThere)
  return status === 'mined' ? await activateGrant(world, grantId) : undefined
}

/** The former is over, and the organization hears of the new one. */
async function settle(world: World, former: StoredGrant, next: StoredGrant): Promise<void> {
  if (next.replaces?.told) return
  const ended = await changeGrant(world, former.grantId, (stored) =>
    stored.status === 'active' ? { ...stored, status: 'revoked' } : undefined,
  )
  const token = await ownerToken(world, next.relay)
  await world.relay(next.relay).deleteGrant(token, former.grantId)
  if (ended?.status === 'revoking') {
    // The patient has said stop while it was on its way: what follows must not outlive that.
    await revoke(world, next.grantId)
    throw new CarekeyError('grant-revoked', 'You have stopped this sharing.')
  }
  await tell(world, next)
  const { grantee } = next.signed.grant
  const connection = await world.tables.connections.get(grantee)
  if (connection) world.pages.emit(connection.origin, 'grantsChanged')
  await noteOnce(world, former, next)
  await changeGrant(
    world,
    next.grantId,
    (now) => now.replaces && { ...now, replaces: { ...now.replaces, told: true } },
  )
  world.changed()
  world.backUp()
}

/** As the answer to the request that began it all: the organization knows that one, and whose it is. */
async function tell(world: World, { signed, grantId, manifest, relay, request }: StoredGrant): Promise<void> {
  const { grantee } = signed.grant
  const organization = await world.ledger.organization(grantee)
  if (!organization || !request) return
  const decision = { request, outcome: 'narrowed' as const, grant: grantId, decidedAt: world.now() }
  const signature = await world.vault.signAs(grantee, decisionTypedData(world.network, decision))
  const decided: SignedDecision = { decision, signature }
  const message: AnswerMessage = { kind: 'granted', ...decided, grant: signed, grantId, manifest, relay }
  const sealed = await seal([organization.recipient], new TextEncoder().encode(JSON.stringify(message)))
  const token = await pseudonymToken(world, relay, grantee)
  await world.relay(relay).postInbox(token, organization.signer, sealed)
}

async function noteOnce(world: World, former: StoredGrant, next: StoredGrant): Promise<void> {
  const event = 'sharing-changed'
  const { log, registry } = world
  if ((await log.all()).some((line) => line.event === event && line.details.grant === next.grantId)) return
  const { name } = await registry.view(next.signed.grant.grantee)
  await log.append({
    event,
    organization: next.signed.grant.grantee,
    text: `You changed what you share with ${name}.`,
    details: { grant: next.grantId, former: former.grantId },
  })
}

/** Changes that had not come to their end. */
export async function finishReplacements(world: World): Promise<void> {
  for (const stored of await world.tables.grants.all()) {
    if (stored.replacement) await carryOut(world, stored).catch(() => undefined)
  }
}
