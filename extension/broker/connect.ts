import {
  type Connection,
  challengeDigestOf,
  connectionTypedData,
  type SignedChallenge,
  type Voucher,
} from '../../shared/protocol/connection.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { requireConnection } from './accounts.ts'
import { requireAccredited, requireOrigin } from './check/organization.ts'
import { checkVoucher } from './check/requests.ts'
import type { Kind } from './kind.ts'
import type { World } from './ports.ts'
import type { StoredConnect } from './queue/request.ts'

/** Connecting (protocol, section 5.1): the patient approves an organization once. */
export function connectKind(world: World): Kind<StoredConnect> {
  return {
    check: async () => ({}),
    approve: async () => null,
    refuse: async () => null,
    async work(request) {
      const { organization, origin } = request.signed.challenge
      // It may have been suspended while the request waited.
      requireOrigin(await requireAccredited(world.ledger, organization, await world.ledger.time()), origin)
      const known = await world.tables.connections.get(organization)
      const view = await world.registry.view(organization)
      const connection = await answerChallenge(world, request.signed)
      await world.tables.connections.put(organization, {
        organization,
        name: view.name,
        origin,
        patient: connection.patient,
        connectedAt: known?.disconnectedAt === null ? known.connectedAt : world.now(),
        voucher: known?.voucher ?? null,
        disconnectedAt: null,
      })
      await world.log.append({
        event: 'connected',
        organization,
        text: `You connected with ${view.name}.`,
        details: { pseudonym: connection.patient, origin },
      })
      world.backUp()
      return connection
    },
  }
}

/** Whether the patient has said yes to this organization on this web site before, so that nobody asks again. */
export async function isConnected(
  world: Pick<World, 'tables'>,
  { challenge }: SignedChallenge,
): Promise<boolean> {
  const known = await world.tables.connections.get(challenge.organization)
  return known !== undefined && known.disconnectedAt === null && known.origin === challenge.origin
}

/** A fresh signature over this very challenge. */
export async function answerChallenge(
  { vault, network }: Pick<World, 'vault' | 'network'>,
  { challenge }: SignedChallenge,
): Promise<Connection> {
  const unsigned = {
    challenge: challengeDigestOf(network, challenge),
    patient: await vault.pseudonym(challenge.organization),
    origin: challenge.origin,
    recipient: await vault.depositRecipient(challenge.organization),
    deadline: challenge.deadline,
  }
  const signature = await vault.signAs(challenge.organization, connectionTypedData(network, unsigned))
  return { ...unsigned, signature }
}

/** Keeps the organization's word that this pseudonym is a patient of theirs. Throws `not-connected`, `patient-mismatch`. */
export async function acceptVoucher(world: World, voucher: Voucher, origin: string): Promise<void> {
  await checkVoucher(world, voucher, origin)
  const connection = await requireConnection(world, voucher.organization)
  if (voucher.patient !== connection.patient) {
    throw new CarekeyError('patient-mismatch', 'This voucher is for another patient.')
  }
  await world.tables.connections.put(voucher.organization, { ...connection, voucher })
  world.backUp()
}

/** Ends every connection with whoever has this origin; returns all web sites by which the browser knows them. */
export async function leave(world: World, origin: string): Promise<string[]> {
  const owner = await world.registry.ownerOf(origin).catch(() => null)
  const origins = new Set([origin, ...(owner?.origins ?? [])])
  for (const connection of await world.tables.connections.all()) {
    if (connection.organization !== owner?.id && !origins.has(connection.origin)) continue
    origins.add(connection.origin)
    if (connection.disconnectedAt === null) await disconnect(world, connection.organization)
  }
  return [...origins]
}

/** Ends a connection; records and grants stay as they are. */
export async function disconnect(world: World, organization: Voucher['organization']): Promise<void> {
  const connection = await requireConnection(world, organization)
  await world.tables.connections.put(organization, { ...connection, disconnectedAt: world.now() })
  await world.log.append({
    event: 'disconnected',
    organization,
    text: `The connection with ${connection.name} ended.`,
    details: { origin: connection.origin },
  })
  world.pages.emit(connection.origin, 'disconnect')
  world.backUp()
}
