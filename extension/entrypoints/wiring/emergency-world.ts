import { toBase64 } from '../../../shared/protocol/base64.ts'
import { introduce, ownerToken, requireConnection } from '../../broker/accounts.ts'
import type { Broker } from '../../broker/broker.ts'
import { notify } from '../../broker/browser/attention.ts'
import { itemStore } from '../../broker/browser/stores.ts'
import { submitAct } from '../../broker/sponsor.ts'
import { organizationView } from '../../broker/views.ts'
import { emergencyLedgerOf } from '../../emergency/ledger.ts'
import type { World } from '../../emergency/ports.ts'
import { createRelayClient } from '../../node/relay/client.ts'
import type { emergencyTablesOf } from '../../records/index-copy.ts'
import type { Vault } from '../../vault/vault.ts'

/** What the emergency room needs, in the words of the rooms that have it. */
export function emergencyWorldOf(
  { world }: Broker,
  vault: Vault,
  tables: ReturnType<typeof emergencyTablesOf>,
): World {
  const { network, node, log } = world
  const clients = new Map<string, ReturnType<typeof createRelayClient>>()
  return {
    network,
    vault,
    log,
    ledger: emergencyLedgerOf(network),
    relay(origin) {
      const client = clients.get(origin) ?? createRelayClient({ origin, deployment: network })
      clients.set(origin, client)
      return client
    },
    tables: { ...tables, connections: world.tables.connections },
    watched: itemStore('emergency'),
    put: async (bytes) => (await node.call('node.put', { bytes: toBase64(bytes) })).cid,
    async pin(cid, relay) {
      await node.call('node.pin', { cid, name: 'emergency', relay, token: await ownerToken(world, relay) })
    },
    async drop(cid) {
      await node.call('node.drop', { cid })
    },
    ownerToken: (relay) => ownerToken(world, relay),
    introduce: async (relay, organization) =>
      introduce(world, relay, await requireConnection(world, organization)),
    submit: (relay, act, isThere) => submitAct(world, relay, act, isThere),
    organizationView: (id) => organizationView(world, id),
    records: async () =>
      (await world.tables.records.all()).map(({ commitment, statement }) => ({
        commitment,
        category: statement.category,
        issuedAt: statement.issuedAt,
      })),
    async readRecord(commitment) {
      const record = await world.tables.records.get(commitment)
      if (!record) throw new Error('The record has gone meanwhile.')
      const { cid, fileKey, relay } = record
      const token = await ownerToken(world, relay).catch(() => '')
      return (await node.call('node.read', { cid, fileKey, relay, token })).summary
    },
    notify,
    now: world.now,
    changed: world.changed,
    backUp: world.backUp,
  }
}
