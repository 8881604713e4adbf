import type { DelegationState } from '../../../shared/contracts/delegations.ts'
import type { GrantedEvent } from '../../../shared/contracts/events.ts'
import { careIndexOf } from '../../../shared/protocol/care.ts'
import type { DelegatedRevocation, DelegationId } from '../../../shared/protocol/delegation.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { GrantId } from '../../../shared/protocol/ids.ts'
import { typedData } from '../../../shared/protocol/typed-data.ts'
import type { StoredCaredFor } from '../../care-snapshots.ts'
import { exportActs } from '../export.ts'
import { limits } from '../limits.ts'
import type { World } from '../ports.ts'
import { isPassing, submitAct } from '../sponsor.ts'
import { readInvitation } from './texts.ts'

// The carer's side. All that it knows of somebody comes from the invitation and the ledger: no record, no key.

/** Takes an invitation in, for which an address of its own is made. Throws CarekeyError `params-invalid`. */
export async function takeInvitation(world: World, text: string): Promise<void> {
  const invitation = readInvitation(world.network, text)
  if (invitation.notAfter <= world.now()) {
    throw new CarekeyError('request-expired', 'This invitation has run out: ask for a new one.')
  }
  const id = careIndexOf(invitation)
  if (await world.tables.caredFor.get(id)) return
  await world.tables.caredFor.put(id, { invitation, takenAt: world.now(), endings: [] })
  const { name } = await world.registry.view(invitation.organization)
  await world.log.append({
    event: 'care-taken',
    organization: invitation.organization,
    text: `You took in the invitation to act for ${invitation.name} towards ${name}.`,
    details: { patient: invitation.patient },
  })
  world.changed()
  world.backUp()
}

/** What the ledger has of the delegation that answers an invitation; null while nobody submitted one. */
export async function delegationFor(
  world: World,
  { invitation }: StoredCaredFor,
): Promise<{ id: DelegationId; state: DelegationState } | null> {
  const address = await world.vault.delegateAccount(careIndexOf(invitation))
  const all = await world.ledger.delegationsTo(address)
  const last = all.filter(({ patient }) => patient === invitation.patient).at(-1)
  if (!last) return null
  return { id: last.id, state: await world.ledger.delegation(invitation.patient, last.id) }
}

/** What the pseudonym has granted and what runs now, oldest first. */
export async function runningGrants(world: World, { invitation }: StoredCaredFor): Promise<GrantedEvent[]> {
  const events = await world.ledger.eventsOf(invitation.patient)
  const revoked = new Set(events.flatMap((event) => (event.kind === 'revoked' ? [event.grant] : [])))
  const now = world.now()
  return events.flatMap((event) => {
    if (event.kind !== 'granted' || revoked.has(event.grant)) return []
    return event.notAfter > now ? [event] : []
  })
}

/**
 * Ends somebody's sharing in their place: signed, stored, then submitted; `finishEndings` goes on where that failed.
 * Throws CarekeyError `delegation-not-live`, `delegation-revoked`, `delegation-too-weak`, `grant-unknown`.
 */
export async function endSharing(world: World, id: string, grantId: GrantId): Promise<void> {
  const stored = await find(world, id)
  const ending = await signedEnding(world, stored, grantId)
  await changeEndings(world, id, (endings) => [...endings.filter(({ grant }) => grant !== grantId), ending])
  await world.log.append({
    event: 'care-acted',
    organization: stored.invitation.organization,
    text: `You ended a sharing in the place of ${stored.invitation.name}.`,
    details: { grant: grantId, patient: stored.invitation.patient },
  })
  await submit(world, stored, ending)
}

/** As a file that anyone may submit to the ledger. It is not stored: it ends nothing until somebody submits it. */
export async function exportEnding(
  world: World,
  id: string,
  grantId: GrantId,
): Promise<{ json: string; filename: string }> {
  const revocation = await signedEnding(world, await find(world, id), grantId)
  const { json } = exportActs(world.network, [{ kind: 'delegated-revocation', revocation }])
  return { json, filename: `carekey-ending-${grantId.slice(2, 10)}.json` }
}

async function signedEnding(
  world: World,
  stored: StoredCaredFor,
  grantId: GrantId,
): Promise<DelegatedRevocation> {
  const { invitation, endings } = stored
  const time = Math.max(world.now(), await world.ledger.time())
  const delegation = requireRevoker(await delegationFor(world, stored), time)
  const running = await runningGrants(world, stored)
  if (!running.some(({ grant }) => grant === grantId)) {
    throw new CarekeyError('grant-unknown', 'This sharing does not run any more.')
  }
  const known = endings.find(({ grant }) => grant === grantId)
  if (known && known.deadline > time) return known
  const deadline = time + limits.revocationSeconds
  const data = typedData(world.network, 'Revocation', { grant: grantId, deadline: BigInt(deadline) })
  const signature = await world.vault.signAsDelegate(careIndexOf(invitation), data)
  return { delegation, patient: invitation.patient, grant: grantId, deadline, signature }
}

/** Said here already, so that nothing is signed in vain; the ledger refuses by the same. */
function requireRevoker(found: Awaited<ReturnType<typeof delegationFor>>, time: number): DelegationId {
  if (!found) throw new CarekeyError('delegation-not-live', 'The ledger does not know yet that you may act.')
  const { id, state } = found
  if (state.revoked) throw new CarekeyError('delegation-revoked', 'You may not act here any more.')
  if (time < state.notBefore || time >= state.notAfter) {
    throw new CarekeyError('delegation-not-live', 'The time in which you may act here is over.')
  }
  if (state.role === 'watch') throw new CarekeyError('delegation-too-weak', 'You may look on here, not act.')
  return id
}

/** It is kept until the ledger has it, or will never take it. */
async function submit(world: World, { invitation }: StoredCaredFor, ending: DelegatedRevocation) {
  const { relay, voucher } = invitation
  const act = { kind: 'delegated-revocation' as const, revocation: ending, voucher }
  const isThere = async () => (await world.ledger.grantState(ending.patient, ending.grant)).revokedAt !== 0
  const forget = () =>
    changeEndings(world, careIndexOf(invitation), (endings) =>
      endings.filter(({ grant }) => grant !== ending.grant),
    )
  try {
    if ((await submitAct(world, relay, act, isThere)).status === 'mined') await forget()
  } catch (error) {
    if (isPassing(error)) return
    await forget()
    throw error
  }
}

/** Endings that had not reached the ledger. */
export async function finishEndings(world: World): Promise<void> {
  for (const stored of await world.tables.caredFor.all()) {
    for (const ending of stored.endings) await submit(world, stored, ending).catch(() => undefined)
  }
}

async function changeEndings(
  world: World,
  id: string,
  next: (endings: DelegatedRevocation[]) => DelegatedRevocation[],
): Promise<void> {
  await world.inGrantTurn(`care ${id}`, async () => {
    const now = await find(world, id)
    await world.tables.caredFor.put(id, { ...now, endings: next(now.endings) })
  })
  world.changed()
  world.backUp()
}

async function find({ tables }: World, id: string): Promise<StoredCaredFor> {
  const stored = await tables.caredFor.get(id)
  if (!stored) throw new CarekeyError('not-found', 'You took in no such invitation.')
  return stored
}
