import { batchOf } from '../../shared/contracts/batches.ts'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { encodeEnvelope } from '../../shared/crypto/envelope.ts'
import { sealWithFileKey } from '../../shared/crypto/seal.ts'
import { splitFileKey } from '../../shared/crypto/shares.ts'
import { emergencyDocument } from '../../shared/fhir/emergency-summary.ts'
import { toBase64 } from '../../shared/protocol/base64.ts'
import { guardianLeafOf } from '../../shared/protocol/emergency.ts'
import { type EmergencyDirectory, shareHashOf } from '../../shared/protocol/emergency-shares.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { hash32Schema, type OrganizationId } from '../../shared/protocol/ids.ts'
import { limits as wire } from '../../shared/protocol/limits.ts'
import type { EmergencyWish } from '../emergency-snapshots.ts'
import type { Connection, StoredEmergency, World } from './ports.ts'

/** Connected now, and vouching for the patient. */
export async function vouchingConnections({ tables }: World): Promise<(Connection & { voucher: object })[]> {
  const connections = await tables.connections.all()
  return connections.filter(
    (one): one is Connection & { voucher: NonNullable<Connection['voucher']> } =>
      one.disconnectedAt === null && one.voucher !== null,
  )
}

/** Throws CarekeyError `params-invalid` with what to change. */
async function requireSound(world: World, wish: EmergencyWish): Promise<void> {
  const { holders, threshold } = wish
  if (new Set(holders).size !== holders.length || threshold > holders.length) {
    throw new CarekeyError('params-invalid', 'Choose as many different key holders as must come together.')
  }
  const known = new Set<OrganizationId>((await vouchingConnections(world)).map((one) => one.organization))
  if (!holders.some((holder) => known.has(holder))) {
    throw new CarekeyError(
      'params-invalid',
      'Choose at least one hospital that you are connected with: it vouches for your card.',
    )
  }
}

/** Seals the summary under a key of its own, and splits that key: from here on nobody holds it whole, ourselves included. */
export async function sealEmergency(world: World, wish: EmergencyWish): Promise<StoredEmergency> {
  await requireSound(world, wish)
  const patient = await world.vault.emergencyPseudonym()
  const terms = await world.ledger.terms(patient)
  const { header, fileKey } = await world.vault.createStorageHeader()
  const shares = await splitFileKey(fileKey, wish.holders.length, wish.threshold)
  const document = emergencyDocument(wish.content, new Date(world.now() * 1_000))
  const envelope = {
    statement: new Uint8Array(0),
    content: new TextEncoder().encode(JSON.stringify(document)),
  }
  const sealed = await sealWithFileKey(
    { header: new Uint8Array(header), fileKey: new Uint8Array(fileKey) },
    encodeEnvelope(envelope),
  )
  fileKey.fill(0)
  if (sealed.length > wire.emergencySummaryMaxBytes) {
    throw new CarekeyError('record-too-large', 'This is too much for an emergency. Leave something out.')
  }
  const cid = await world.put(sealed)
  const holders = wish.holders.map((organization, index) => ({
    organization,
    share: shares[index] ?? new Uint8Array(0),
  }))
  const directory: EmergencyDirectory = {
    version: 1,
    patient,
    summary: { cid, sealedBytes: sealed.length },
    holders: holders.map(({ organization, share }) => ({ organization, shareHash: shareHashOf(share) })),
    salt: randomSalt(),
  }
  return {
    wish,
    round: (terms?.round ?? 0) + 1,
    directory,
    relay: world.network.relays[0] ?? '',
    placed: false,
    holders: holders.map(({ organization, share }) => ({
      organization,
      share: toBase64(share),
      sentAt: null,
      heldAt: null,
      voucher: null,
    })),
    guardians: wish.guardians.map((guardian) => ({ ...guardian, salt: hash32Schema.parse(randomSalt()) })),
    policy: null,
    status: 'handing-out',
    at: world.now(),
    failure: null,
  }
}

/** Root over the guardians, and each one's way to it; null for nobody. */
export function guardianTree(guardians: StoredEmergency['guardians']) {
  if (guardians.length === 0) return null
  return batchOf(guardians.map(({ address, salt }) => guardianLeafOf(address, salt)))
}
