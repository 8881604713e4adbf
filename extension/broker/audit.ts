import type { LedgerEvent } from '../../shared/contracts/events.ts'
import { type GrantId, type OrganizationId, organizationIdSchema } from '../../shared/protocol/ids.ts'
import type { Receipt } from '../../shared/protocol/relay-api.ts'
import type { AuditEntry, GrantView } from '../snapshots.ts'
import { ownerToken } from './accounts.ts'
import type { StoredGrant, StoredRecord, World } from './ports.ts'
import { organizationView } from './views.ts'

// The audit trail: what the ledger, the relays and we ourselves have noted, in one line of time, newest first.

interface Known {
  world: World
  grants: Map<GrantId, StoredGrant>
  records: StoredRecord[]
}

async function knownOf(world: World): Promise<Known> {
  const grants = new Map((await world.tables.grants.all()).map((grant) => [grant.grantId, grant]))
  return { world, grants, records: await world.tables.records.all() }
}

export async function auditTrail(world: World): Promise<AuditEntry[]> {
  const known = await knownOf(world)
  const parts = await Promise.all([ownEntries(known), ledgerEntries(known), relayEntries(known)])
  return parts.flat().sort((a, b) => b.at - a.at || b.id.localeCompare(a.id))
}

async function ownEntries({ world }: Known): Promise<AuditEntry[]> {
  return await Promise.all(
    (await world.log.all()).map(async ({ sequence, at, event, organization, text, details }) => ({
      id: `here-${String(sequence).padStart(8, '0')}`,
      at,
      source: 'here' as const,
      event,
      organization: organization && (await organizationView(world, organization)),
      text,
      details,
    })),
  )
}

async function ledgerEvents(world: World): Promise<LedgerEvent[]> {
  const connections = await world.tables.connections.all()
  const trails = connections.map(({ patient }) => world.ledger.eventsOf(patient).catch(() => []))
  return (await Promise.all(trails)).flat()
}

async function ledgerEntries(known: Known): Promise<AuditEntry[]> {
  const { world, records } = known
  return await Promise.all(
    (await ledgerEvents(world)).map(async (event) => {
      const id = organizationIn(event, known)
      const organization = id && (await organizationView(world, id))
      const name = organization?.name ?? 'An organization'
      const title = titleOf(records, event.kind === 'anchored' ? event.commitment : null)
      const text = {
        anchored: `The ledger noted ${title} from ${name}.`,
        granted: `The ledger noted that you share with ${name}.`,
        revoked: `The ledger noted that you stopped sharing with ${name}.`,
        accessed: `${name} stated that it has opened records.`,
      }[event.kind]
      return {
        id: `ledger-${String(event.blockNumber).padStart(12, '0')}-${event.logIndex}`,
        at: event.timestamp,
        source: 'ledger' as const,
        event: event.kind,
        organization,
        text,
        details: {
          transaction: event.transactionHash,
          block: String(event.blockNumber),
          ...(event.kind === 'anchored' ? { commitment: event.commitment } : { grant: event.grant }),
        },
      }
    }),
  )
}

function organizationIn(event: LedgerEvent, { grants }: Known): OrganizationId | null {
  if (event.kind === 'anchored') return event.author
  if (event.kind === 'revoked') return grants.get(event.grant)?.signed.grant.grantee ?? null
  return event.grantee
}

const titleOf = (records: StoredRecord[], commitment: string | null): string => {
  const record = records.find((one) => one.commitment === commitment)
  return record ? `“${record.statement.title}”` : 'a record'
}

async function receipts(world: World): Promise<Receipt[]> {
  const all = world.network.relays.map(async (relay) => {
    try {
      return await world.relay(relay).receipts(await ownerToken(world, relay))
    } catch {
      // The relay is away: the trail is shorter for now, and the screens say that it is.
      return []
    }
  })
  return (await Promise.all(all)).flat()
}

async function relayEntries({ world, grants, records }: Known): Promise<AuditEntry[]> {
  return await Promise.all(
    (await receipts(world)).map(async (receipt, index) => {
      const isGrant = grants.has(receipt.grant)
      const organization = await organizationView(world, organizationIdSchema.parse(receipt.organization))
      const record = records.find((one) => one.cid === receipt.cid)
      // What is served without a grant is served under an emergency's case.
      const other = isGrant ? 'the list of records' : 'your sealed emergency summary'
      const what = record ? `“${record.statement.title}”` : other
      return {
        id: `relay-${receipt.at}-${index}`,
        at: receipt.at,
        source: 'relay' as const,
        event: 'served' as const,
        organization,
        text: `${organization.name} fetched ${what} from the relay.`,
        details: { grant: receipt.grant, cid: receipt.cid, bytes: String(receipt.bytes) },
      }
    }),
  )
}

/** What each organization has opened under each grant, as far as anybody noted it; oldest first. */
export async function openings(world: World): Promise<Map<GrantId, GrantView['opened']>> {
  const { records } = await knownOf(world)
  const opened = new Map<GrantId, GrantView['opened']>()
  const note = (grant: GrantId, line: GrantView['opened'][number]) =>
    opened.set(grant, [...(opened.get(grant) ?? []), line])
  for (const event of await ledgerEvents(world)) {
    if (event.kind === 'accessed') note(event.grant, { at: event.timestamp, commitment: null, by: 'ledger' })
  }
  for (const { grant, cid, at } of await receipts(world)) {
    const record = records.find((one) => one.cid === cid)
    // Fetching the list of records opens none of them.
    if (record) note(grant, { at, commitment: record.commitment, by: 'relay' })
  }
  for (const line of await world.log.all()) {
    const record = records.find((one) => one.cid === line.details.cid)
    if (line.event !== 'served' || !record) continue
    note(line.details.grant as GrantId, { at: line.at, commitment: record.commitment, by: 'node' })
  }
  for (const lines of opened.values()) lines.sort((a, b) => a.at - b.at)
  return opened
}
