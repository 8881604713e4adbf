import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { OrganizationId } from '../../shared/protocol/ids.ts'
import type { StoredConnection, World } from './ports.ts'

type Accounts = Pick<World, 'vault' | 'relay' | 'tables'>

/** A bearer token of the account that owns this vault's pins at a relay. */
export async function ownerToken({ vault, relay }: Accounts, origin: string): Promise<string> {
  return await relay(origin).token({
    address: await vault.relayAccount(origin),
    sign: (data) => vault.signAsRelayAccount(origin, data),
  })
}

/** A bearer token of the patient's pseudonym towards one organization. */
export async function pseudonymToken(
  { vault, relay }: Accounts,
  origin: string,
  organization: OrganizationId,
): Promise<string> {
  return await relay(origin).token({
    address: await vault.pseudonym(organization),
    sign: (data) => vault.signAs(organization, data),
  })
}

const introduced = new Set<string>()

/**
 * Shows the relay an organization's voucher, which lifts the quota. Repeating is harmless, so that it is remembered in
 * memory alone.
 */
export async function introduce(
  world: Accounts,
  origin: string,
  connection: StoredConnection,
): Promise<void> {
  const key = `${origin} ${connection.patient}`
  if (connection.voucher === null || introduced.has(key)) return
  await world.relay(origin).postVoucher(await ownerToken(world, origin), connection.voucher)
  introduced.add(key)
}

/** Throws CarekeyError `not-connected`. */
export async function requireConnection(
  { tables }: Pick<World, 'tables'>,
  organization: OrganizationId,
): Promise<StoredConnection> {
  const connection = await tables.connections.get(organization)
  if (!connection || connection.disconnectedAt !== null) {
    throw new CarekeyError('not-connected', 'The patient has not connected this organization. Connect first.')
  }
  return connection
}

/** Tells the relay that this peer is ours, so that it lets the peer reserve. */
export async function registerPeer(world: World, peerId: string): Promise<{ registered: boolean }> {
  const relay = world.network.relays[0]
  if (relay === undefined || world.vault.state() !== 'unlocked') return { registered: false }
  await world.relay(relay).registerPeer(await ownerToken(world, relay), peerId)
  return { registered: true }
}
