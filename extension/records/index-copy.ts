import canonicalize from 'canonicalize'
import { z } from 'zod'
import { canonicalBytes } from '../../shared/protocol/canonical.ts'
import { emergencyVetoSchema } from '../../shared/protocol/emergency.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { storedCaredForSchema, storedCarerSchema } from '../care-snapshots.ts'
import { guardianNoteSchema } from '../emergency-snapshots.ts'
import type { Row } from './database.ts'
import { storedEmergencySchema } from './emergency-schemas.ts'
import { entryId, logTables, ownHead, readChains } from './log.ts'
import { verifyChain } from './log-chain.ts'
import {
  mergeCaredFor,
  mergeCarer,
  mergeConnection,
  mergeEmergency,
  mergeGrant,
  mergeRecord,
} from './merge.ts'
import {
  logEntrySchema,
  logHeadSchema,
  storedConnectionSchema,
  storedGrantSchema,
  storedRecordSchema,
} from './schemas.ts'
import type { OpenTable, Store } from './store.ts'

/** The index as a backup carries it (protocol, section 11); requests that wait are of one browser and stay there. */
export const indexSchema = z.strictObject({
  version: z.literal(1),
  records: z.record(z.string(), storedRecordSchema),
  grants: z.record(z.string(), storedGrantSchema),
  connections: z.record(z.string(), storedConnectionSchema),
  /** Not in backups that were written before there were emergencies */
  emergencies: z.record(z.string(), storedEmergencySchema).default({}),
  guardianships: z.record(z.string(), guardianNoteSchema).default({}),
  /** Nor in those that were written before there were carers */
  carers: z.record(z.string(), storedCarerSchema).default({}),
  caredFor: z.record(z.string(), storedCaredForSchema).default({}),
  log: z.array(z.strictObject({ head: logHeadSchema, entries: z.array(logEntrySchema) })),
})

export const tablesOf = (store: Store) => ({
  records: store.table('records', storedRecordSchema),
  grants: store.table('grants', storedGrantSchema),
  connections: store.table('connections', storedConnectionSchema),
  carers: store.table('carers', storedCarerSchema),
  caredFor: store.table('cared-for', storedCaredForSchema),
})

export const emergencyTablesOf = (store: Store) => ({
  emergencies: store.table('emergencies', storedEmergencySchema),
  vetoes: store.table('emergency-vetoes', emergencyVetoSchema),
  guardianships: store.table('guardianships', guardianNoteSchema),
})

/** Canonical JSON: the same index gives the same bytes. */
export async function exportIndex(store: Store): Promise<Uint8Array> {
  const { records, grants, connections, carers, caredFor } = tablesOf(store)
  const { emergencies, guardianships } = emergencyTablesOf(store)
  const { entries, heads } = logTables(store)
  const log = (await readChains(entries, heads))
    .map((chain) => ({ ...chain, entries: chain.entries.sort((a, b) => a.sequence - b.sequence) }))
    .sort((a, b) => a.head.chain.localeCompare(b.head.chain))
  return canonicalBytes({
    version: 1,
    records: await objectOf(records),
    grants: await objectOf(grants),
    connections: await objectOf(connections),
    emergencies: await objectOf(emergencies),
    guardianships: await objectOf(guardianships),
    carers: await objectOf(carers),
    caredFor: await objectOf(caredFor),
    log,
  })
}

/**
 * Merges: union by id, the newer status wins, nothing that is here is lost; all or nothing is written.
 * @throws CarekeyError `record-damaged` when the bytes are not an index.
 */
export async function importIndex(store: Store, bytes: Uint8Array): Promise<void> {
  const index = decodeIndex(bytes)
  const tables = tablesOf(store)
  const emergencyTables = emergencyTablesOf(store)
  await store.write([
    ...(await mergedRows(tables.records, index.records, mergeRecord)),
    ...(await mergedRows(tables.grants, index.grants, mergeGrant)),
    ...(await mergedRows(tables.connections, index.connections, mergeConnection)),
    ...(await mergedRows(tables.carers, index.carers, mergeCarer)),
    ...(await mergedRows(tables.caredFor, index.caredFor, mergeCaredFor)),
    ...(await mergedRows(emergencyTables.emergencies, index.emergencies, mergeEmergency)),
    ...(await mergedRows(emergencyTables.guardianships, index.guardianships, (here) => here)),
    ...(await chainRows(store, index.log)),
  ])
}

function decodeIndex(bytes: Uint8Array): z.infer<typeof indexSchema> {
  try {
    return indexSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    throw new CarekeyError('record-damaged', 'This backup cannot be read. Nothing was changed.', { cause })
  }
}

async function objectOf<T>(table: OpenTable<T>): Promise<Record<string, T>> {
  return Object.fromEntries((await table.entries()).entries.map(({ id, value }) => [id, value]))
}

async function mergedRows<T>(
  table: OpenTable<T>,
  found: Record<string, T>,
  merge: (here: T, there: T) => T,
): Promise<Row[]> {
  const { entries } = await table.entries()
  const here = new Map(entries.map(({ id, value }) => [id, value]))
  const rows: Promise<Row>[] = []
  for (const [id, there] of Object.entries(found)) {
    const mine = here.get(id)
    const merged = mine === undefined ? there : merge(mine, there)
    // An unchanged row is left alone: somebody may be writing it.
    if (mine === undefined || !isSame(mine, merged)) rows.push(table.row(id, merged))
  }
  return await Promise.all(rows)
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalize(one) === canonicalize(other)
}

/** Of each chain the longest whole copy; a broken one is taken only where there is none, so that it can be seen. */
async function chainRows(store: Store, found: z.infer<typeof indexSchema>['log']): Promise<Row[]> {
  const { entries, heads } = logTables(store)
  const own = await heads.get(ownHead)
  const here = new Map((await readChains(entries, heads)).map((chain) => [chain.head.chain, chain]))
  const rows: Promise<Row>[] = []
  for (const chain of found) {
    const mine = here.get(chain.head.chain)
    const isBetter =
      verifyChain(chain.entries, chain.head).whole && chain.head.length > (mine?.head.length ?? -1)
    if (mine && !isBetter) continue
    for (const entry of chain.entries) rows.push(entries.row(entryId(entry), entry))
    const id = chain.head.chain === own?.chain ? ownHead : chain.head.chain
    rows.push(heads.row(id, chain.head))
  }
  return await Promise.all(rows)
}
