import { basename, join } from 'node:path'
import type { CID } from 'multiformats/cid'
import pg from 'pg'
import { inject } from 'vitest'
import type { Config } from '../config.ts'
import { silentLog } from '../log.ts'
import { openStorage, type Storage } from '../storage/open.ts'
import { bucket, objectStoreCredentials } from './object-store.ts'

type Place = Pick<Config, 'dataDir' | 'databaseUrl' | 'blocks'>

/** Null where the tests run over the embedded engines. */
const shared = inject('sharedStorage') ?? null

/** What a relay with this folder stores into: the same folder is the same relay's data, whatever the engine. */
export async function placeAt(dataDir: string): Promise<Place> {
  if (shared === null) return { dataDir, databaseUrl: null, blocks: null }
  const name = nameOf(dataDir)
  const { endpoint } = shared
  return {
    dataDir,
    databaseUrl: await databaseNamed(shared.databaseUrl, name),
    blocks: { bucket, prefix: `${name}/`, endpoint, region: 'us-east-1' },
  }
}

/** The same as a relay's process takes it. */
export async function environmentAt(dataDir: string): Promise<Record<string, string>> {
  const { databaseUrl, blocks } = await placeAt(dataDir)
  if (databaseUrl === null || blocks === null) return {}
  return {
    RELAY_DATABASE_URL: databaseUrl,
    RELAY_BLOCKS: `s3://${blocks.bucket}/${blocks.prefix}`,
    RELAY_BLOCKS_ENDPOINT: blocks.endpoint ?? '',
    ...objectStoreCredentials,
  }
}

/** Opens what a relay has stored, beside it. */
export async function storageAt(dataDir: string): Promise<Storage> {
  return openStorage(await placeAt(dataDir), silentLog)
}

/** The file that holds a block in the end, for who damages it. */
export function blockFile(dataDir: string, { multihash }: CID): string {
  const name = Buffer.from(multihash.bytes).toString('hex')
  if (shared === null) return join(dataDir, 'blocks', name.slice(-2), name)
  return join(shared.objectsDir, bucket, nameOf(dataDir), `${name}._S3rver_object`)
}

const nameOf = (dataDir: string): string =>
  basename(dataDir)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')

async function databaseNamed(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}
