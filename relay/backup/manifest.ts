import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'

/** The relay's files beside its blocks. Without the keys its clients would not know it again. */
export const databaseName = 'relay.db'
export const keyNames = ['peer.key', 'blinding.key'] as const
export const blocksName = 'blocks'
export const manifestName = 'backup.json'

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

/** What a backup holds. Written last, so that a folder with one is whole. */
const manifestSchema = z.strictObject({
  version: z.literal(1),
  at: z.iso.datetime(),
  files: z.record(z.enum([databaseName, ...keyNames]), sha256Schema),
  blocks: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  pins: z.int().nonnegative(),
})
export type Manifest = z.output<typeof manifestSchema>

/** Something in the way that the operator has to mend; its message is what is printed. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'
}

/** Null when there is none. @throws BackupRefused when it is not one of ours */
export async function readManifest(dir: string): Promise<Manifest | null> {
  const text = await readFile(join(dir, manifestName), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })
  if (text === null) return null
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new BackupRefused(`${join(dir, manifestName)} does not describe a backup of a relay.`, { cause })
  }
}

export const writeManifest = (dir: string, manifest: Manifest): Promise<void> =>
  writeWhole(dir, manifestName, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))

/** Written aside and synced before it gets its name. */
export async function writeWhole(dir: string, name: string, bytes: Uint8Array): Promise<void> {
  const aside = join(dir, `${name}.new`)
  await writeFile(aside, bytes, { mode: 0o600, flush: true })
  await rename(aside, join(dir, name))
  await syncFolder(dir)
}

export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
