import { randomSalt } from '../../../shared/crypto/commit.ts'
import {
  type Delegation,
  delegationIdOf,
  delegationRevocationTypedData,
  delegationTypedData,
  type SignedDelegation,
} from '../../../shared/protocol/delegation.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { hash32Schema } from '../../../shared/protocol/ids.ts'
import { laterContract } from '../../../shared/protocol/typed-data.ts'
import type { CareWish, StoredCarer } from '../../care-snapshots.ts'
import { requireConnection } from '../accounts.ts'
import { changeGrant, pseudonymOf } from '../grants.ts'
import { limits } from '../limits.ts'
import type { Hex, World } from '../ports.ts'
import { isPassing, submitAct } from '../sponsor.ts'
import { readAnswer } from './texts.ts'

// The patient's side: who may act for one of their pseudonyms, in which role, until when.

/** Writes an invitation down. Nothing is signed, and nobody but whom the patient hands it to hears of it. */
export async function invite(world: World, { carer, ...wish }: CareWish): Promise<StoredCarer> {
  laterContract(world.network, 'delegations')
  const { patient, voucher } = await requireConnection(world, wish.organization)
  const [relay] = world.network.relays
  if (!voucher) throw new CarekeyError('voucher-required', 'This organization has not vouched for you yet.')
  if (relay === undefined) throw new CarekeyError('relay-unreachable', 'No relay is configured.')
  if (wish.notAfter <= world.now()) throw new CarekeyError('params-invalid', 'Choose a day that is to come.')
  const { chainId } = world.network
  const nonce = hash32Schema.parse(randomSalt())
  const stored: StoredCarer = {
    carer,
    invitation: { carekey: 'care-invitation', chainId, nonce, patient, ...wish, relay, voucher },
    createdAt: world.now(),
    signed: null,
    revocation: null,
    status: 'invited',
  }
  await put(world, stored)
  return stored
}

/** Which invitation an answer is to. Throws CarekeyError `params-invalid`, `not-found`, `delegation-exists`. */
export async function answered(world: World, text: string): Promise<{ stored: StoredCarer; delegate: Hex }> {
  const { nonce, delegate } = readAnswer(world.network, text)
  return { stored: await answerable(world, nonce, delegate), delegate }
}

async function answerable(world: World, nonce: string, delegate: Hex): Promise<StoredCarer> {
  const stored = await find(world, nonce)
  if (stored.status !== 'invited') {
    throw new CarekeyError('delegation-exists', 'This invitation was answered already, or taken back.')
  }
  // One address under two pseudonyms would tell the whole ledger that they are one person.
  const others = await world.tables.carers.all()
  if (others.some(({ signed }) => signed?.delegation.delegate === delegate)) {
    throw new CarekeyError(
      'params-invalid',
      'This address acts for you already: each invitation needs its own.',
    )
  }
  return stored
}

/** Signs the delegation, stores it, and hands it to the ledger; `finishCarers` goes on where that failed. */
export async function delegate(world: World, nonce: string, to: Hex): Promise<void> {
  const stored = await world.inGrantTurn(`care ${nonce}`, async () => {
    const invited = await answerable(world, nonce, to)
    const submitting = { ...invited, signed: await sign(world, invited, to), status: 'submitting' as const }
    await put(world, submitting)
    return submitting
  })
  const { invitation, carer } = stored
  const { name } = await world.registry.view(invitation.organization)
  await world.log.append({
    event: 'care-given',
    organization: invitation.organization,
    text: `You let ${carer} act for you towards ${name}.`,
    details: { delegate: to, role: invitation.role },
  })
  await submit(world, stored)
}

async function sign(world: World, { invitation }: StoredCarer, to: Hex): Promise<SignedDelegation> {
  const { patient, organization, role, notAfter } = invitation
  const time = await world.ledger.time()
  const latest = Math.max(world.now(), time)
  if (notAfter <= latest) throw new CarekeyError('request-expired', 'The day that was chosen has passed.')
  const delegation: Delegation = {
    patient,
    delegate: to,
    role,
    // Our own clock may be ahead of the ledger's.
    notBefore: Math.min(world.now(), time),
    notAfter,
    deadline: latest + limits.delegationDeadlineSeconds,
  }
  const signature = await world.vault.signAs(organization, delegationTypedData(world.network, delegation))
  return { delegation, signature }
}

/** Ends it: signed once, stored, then submitted. An invitation that was not answered is only crossed out. */
export async function endCarer(world: World, nonce: string): Promise<void> {
  const ending = await world.inGrantTurn(`care ${nonce}`, async () => {
    const stored = await find(world, nonce)
    if (stored.status === 'ended') return stored
    if (!stored.signed) return await put(world, { ...stored, status: 'ended' })
    const revocation = stored.revocation ?? (await signRevocation(world, stored, stored.signed))
    return await put(world, { ...stored, revocation, status: 'ending' })
  })
  if (ending.status === 'ended') return
  const { invitation, carer } = ending
  const { name } = await world.registry.view(invitation.organization)
  await world.log.append({
    event: 'care-ended',
    organization: invitation.organization,
    text: `You ended that ${carer} may act for you towards ${name}.`,
    details: { role: invitation.role },
  })
  await submit(world, ending)
}

async function signRevocation(world: World, { invitation }: StoredCarer, { delegation }: SignedDelegation) {
  const { patient, organization } = invitation
  const id = delegationIdOf(world.network, delegation)
  const deadline = Math.max(world.now(), await world.ledger.time()) + limits.revocationSeconds
  const data = delegationRevocationTypedData(world.network, { delegation: id, deadline })
  return { patient, delegation: id, deadline, signature: await world.vault.signAs(organization, data) }
}

/** Hands over what is due, and stores what the ledger shows then. Throws the ledger's refusal, if it is for good. */
async function submit(world: World, stored: StoredCarer): Promise<void> {
  try {
    if ((await handOver(world, stored)) !== 'mined') return
    await settle(world, stored, stored.revocation ? 'ended' : 'active')
  } catch (error) {
    if (isPassing(error)) return
    // What the ledger will never take must not stand here as if it might.
    await settle(world, stored, 'refused')
    throw error
  }
}

async function settle(world: World, { invitation, status }: StoredCarer, to: 'active' | 'ended' | 'refused') {
  await world.inGrantTurn(`care ${invitation.nonce}`, async () => {
    const now = await find(world, invitation.nonce)
    if (now.status !== status) return
    if (to !== 'refused') await put(world, { ...now, status: to })
    else if (status === 'submitting') await put(world, { ...now, signed: null, status: 'invited' })
    else await put(world, { ...now, revocation: null, status: 'active' })
  })
}

async function handOver(world: World, stored: StoredCarer): Promise<'mined' | 'waiting'> {
  const { invitation, signed, revocation } = stored
  const { patient, relay } = invitation
  if (!signed) return 'waiting'
  const connection = await world.tables.connections.get(invitation.organization)
  const voucher = connection?.voucher ?? invitation.voucher
  const id = delegationIdOf(world.network, signed.delegation)
  const state = () => world.ledger.delegation(patient, id)
  // A revocation also stops a delegation that has not reached the ledger yet.
  const { status } = revocation
    ? await submitAct(
        world,
        relay,
        { kind: 'delegation-revocation', revocation, voucher },
        async () => (await state()).revoked,
      )
    : await submitAct(
        world,
        relay,
        { kind: 'delegation', ...signed, voucher },
        async () => (await state()).role !== null,
      )
  return status
}

/** Delegations and endings that had not reached the ledger. */
export async function finishCarers(world: World): Promise<void> {
  for (const stored of await world.tables.carers.all()) {
    const isDue = stored.status === 'submitting' || stored.status === 'ending'
    if (isDue) await submit(world, stored).catch(() => undefined)
  }
}

/** A carer's ending is nowhere but on the ledger: it is looked for, so that Sharing says what holds. */
export async function noteEndedByCarers(world: World): Promise<void> {
  const acting = (await world.tables.carers.all()).filter(({ signed }) => signed !== null)
  const organizations = new Set(acting.map(({ invitation }) => invitation.organization))
  if (organizations.size === 0) return
  for (const stored of await world.tables.grants.all()) {
    if (stored.status !== 'active' || !organizations.has(pseudonymOf(stored))) continue
    const { grantId, signed } = stored
    const state = await world.ledger.provenGrant(signed).catch(() => null)
    if (!state || state.revokedAt === 0) continue
    await changeGrant(world, grantId, (now) =>
      now.status === 'active' ? { ...now, status: 'revoked' } : undefined,
    )
    const { name } = await world.registry.view(signed.grant.grantee)
    await world.log.append({
      event: 'care-acted',
      organization: signed.grant.grantee,
      text: `A carer of yours stopped sharing with ${name}.`,
      details: { grant: grantId },
    })
    world.changed()
    world.backUp()
  }
}

async function put(world: World, stored: StoredCarer): Promise<StoredCarer> {
  await world.tables.carers.put(stored.invitation.nonce, stored)
  world.changed()
  world.backUp()
  return stored
}

async function find({ tables }: World, nonce: string): Promise<StoredCarer> {
  const stored = await tables.carers.get(nonce)
  if (!stored) throw new CarekeyError('not-found', 'There is no such invitation here.')
  return stored
}
