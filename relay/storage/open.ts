import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { BlockStore } from './block-store.ts'
import type { Database } from './database.ts'
import { FileBlocks } from './file-blocks.ts'
import { Gate } from './gate.ts'
import type { S3Place } from './s3-blocks.ts'
import { SqliteDatabase } from './sqlite.ts'

export interface Storage {
  db: Database
  store: BlockStore
  gate: Pick<Gate, 'shared' | 'exclusive'>
}

/** The engines that the settings name; each can be had without the other. Only what is used is loaded. */
export async function openStorage(
  { dataDir, databaseUrl, blocks }: Pick<Config, 'dataDir' | 'databaseUrl' | 'blocks'>,
  log: Log,
): Promise<Storage> {
  const store = blocks === null ? new FileBlocks(join(dataDir, 'blocks')) : await openS3(blocks)
  await store.start()
  return { store, ...(await openDatabase({ dataDir, databaseUrl }, log)) }
}

export async function openDatabase(
  { dataDir, databaseUrl }: Pick<Config, 'dataDir' | 'databaseUrl'>,
  log: Log,
): Promise<Omit<Storage, 'store'>> {
  if (databaseUrl !== null) return openPostgres(databaseUrl, log)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  return { db: SqliteDatabase.open(join(dataDir, 'relay.db')), gate: new Gate() }
}

async function openS3(place: S3Place): Promise<BlockStore> {
  const { S3Blocks } = await import('./s3-blocks.ts')
  return new S3Blocks(place)
}

async function openPostgres(url: string, log: Log): Promise<Omit<Storage, 'store'>> {
  const [{ PostgresDatabase }, { PostgresGate }] = await Promise.all([
    import('./postgres.ts'),
    import('./postgres-gate.ts'),
  ])
  const db = await PostgresDatabase.open(url, log)
  return { db, gate: new PostgresGate(db) }
}
