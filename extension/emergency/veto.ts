import { type EmergencyCaseId, type EmergencyVeto, vetoTypedData } from '../../shared/protocol/emergency.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { guardianNoteSchema } from '../emergency-snapshots.ts'
import { casesOf, type WatchedCase, watchedPeople } from './cases.ts'
import { limits } from './limits.ts'
import { voucherOf } from './policy.ts'
import type { World } from './ports.ts'
import { guardianTree } from './prepare.ts'

/** Stops a case: signed once, stored, then handed to the ledger; `finishVetoes` goes on where that failed. */
export async function veto(world: World, id: EmergencyCaseId): Promise<void> {
  const found = await find(world, id)
  const signed = await signedVeto(world, found)
  const whose = found.of === null ? 'your emergency card' : `${found.of}’s emergency card`
  await world.log.append({
    event: 'emergency-vetoed',
    organization: null,
    text: `You stopped the use of ${whose}.`,
    details: { case: id, by: 'you' },
  })
  world.changed()
  await submitVeto(world, signed)
}

/** As JSON that anyone may submit to the ledger, should the relay be gone. */
export async function exportVeto(
  world: World,
  id: EmergencyCaseId,
): Promise<{ json: string; filename: string }> {
  const signed = await signedVeto(world, await find(world, id))
  const { chainId, contracts } = world.network
  const json = JSON.stringify({ chainId, contract: contracts.emergencyAccess, veto: signed }, null, 2)
  return { json, filename: `carekey-veto-${id.slice(2, 10)}.json` }
}

async function find(world: World, id: EmergencyCaseId): Promise<WatchedCase> {
  const cases = await casesOf(world, await watchedPeople(world))
  const found = cases.find(({ opened }) => opened.id === id)
  if (!found) throw new CarekeyError('emergency-unknown', 'The ledger has no such case.')
  return found
}

async function signedVeto(world: World, { opened, patient, of }: WatchedCase): Promise<EmergencyVeto> {
  const known = await world.tables.vetoes.get(opened.id)
  if (known && known.deadline > world.now()) return known
  const { timestamp } = await world.ledger.head()
  const deadline = Math.max(world.now(), timestamp) + limits.vetoSeconds
  const data = vetoTypedData(world.network, opened.id, deadline)
  const isOwn = of === null
  const note = isOwn ? undefined : await world.tables.guardianships.get(patient)
  const signed: EmergencyVeto = {
    patient,
    opening: opened.id,
    by: isOwn ? patient : await world.vault.guardianAccount(),
    guardian: note ? { salt: note.salt, proof: note.proof } : null,
    deadline,
    signature: isOwn ? await world.vault.signAsEmergency(data) : await world.vault.signAsGuardian(data),
  }
  await world.tables.vetoes.put(opened.id, signed)
  return signed
}

async function submitVeto(world: World, signed: EmergencyVeto): Promise<void> {
  const [relay] = world.network.relays
  if (relay === undefined) throw new CarekeyError('relay-unreachable', 'No relay is configured.')
  const isThere = async () => {
    const events = await world.ledger.events(signed.patient)
    return events.some((event) => event.kind === 'vetoed' && event.id === signed.opening)
  }
  const current = signed.guardian === null ? await world.tables.emergencies.get('current') : undefined
  const act = current
    ? { kind: 'veto' as const, veto: signed, voucher: voucherOf(current) }
    : { kind: 'veto' as const, veto: signed }
  try {
    await world.submit(relay, act, isThere)
  } finally {
    world.changed()
  }
}

/** Vetoes that had not reached the ledger while their case was still open. */
export async function finishVetoes(world: World): Promise<void> {
  const waiting = await world.tables.vetoes.all()
  if (waiting.length === 0) return
  const cases = await casesOf(world, await watchedPeople(world))
  const { timestamp } = await world.ledger.head()
  const time = Math.max(timestamp, world.now())
  for (const signed of waiting) {
    const found = cases.find(({ opened }) => opened.id === signed.opening)
    // An exported veto that nobody asked for is stored too, and must not be submitted.
    const asked = (await world.log.all()).some(
      ({ event, details }) => event === 'emergency-vetoed' && details.case === signed.opening,
    )
    if (!asked || !found || found.vetoedAt !== null || time >= found.opened.closesAt) continue
    await submitVeto(world, signed).catch(() => undefined)
  }
}

/** What the patient hands to a guardian. */
export async function noteFor(world: World, guardian: string): Promise<{ json: string; filename: string }> {
  const current = await world.tables.emergencies.get('current')
  const index = current?.guardians.findIndex(({ address }) => address === guardian) ?? -1
  const chosen = current?.guardians[index]
  const inclusion = current && guardianTree(current.guardians)?.inclusions[index]
  if (!current || !chosen || !inclusion) {
    throw new CarekeyError('not-found', 'This person is no guardian of the card that is in force.')
  }
  const note = guardianNoteSchema.parse({
    carekey: 'guardian',
    chainId: world.network.chainId,
    name: current.wish.content.name,
    patient: current.directory.patient,
    guardian: chosen.address,
    salt: chosen.salt,
    proof: inclusion.proof,
  })
  return { json: JSON.stringify(note, null, 2), filename: 'carekey-guardian.json' }
}

/** Takes in such a note: from now on this person is told of the other's emergencies, and may stop them. */
export async function guard(world: World, text: string): Promise<void> {
  const note = guardianNoteSchema.safeParse(jsonOf(text))
  if (!note.success || note.data.chainId !== world.network.chainId) {
    throw new CarekeyError('params-invalid', 'This is not a guardian’s note of this network.')
  }
  if (note.data.guardian !== (await world.vault.guardianAccount())) {
    throw new CarekeyError('patient-mismatch', 'This note was made for somebody else’s guardian code.')
  }
  await world.tables.guardianships.put(note.data.patient, note.data)
  world.changed()
  world.backUp()
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
