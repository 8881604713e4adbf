import { existsSync } from 'node:fs'
import { glob, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { BlockStore } from '../storage/block-store.ts'
import { FileBlocks } from '../storage/file-blocks.ts'
import { type Copied, CopiedDatabase, copyBlocks, copyDatabase } from './copy.ts'
import {
  BackupRefused,
  blocksName,
  databaseName,
  isMissing,
  keyNames,
  type Manifest,
  manifestName,
  readManifest,
  sha256Of,
  syncFolder,
  writeManifest,
  writeWhole,
} from './manifest.ts'

const roundsMax = 5
const ours = new Set<string>([databaseName, ...keyNames, blocksName, manifestName])

export interface Saved extends Manifest {
  /** Blocks that were lost at the relay before, by the names of their files. */
  lost: string[]
  lostPins: number
}

/**
 * Copies a relay's data while it runs. The database comes first and says which blocks belong to it. One that is then not there was either
 * collected meanwhile, and a newer copy of the database names it no more, or is lost at the relay itself: so the copy is made again until
 * nothing new is missing. `blocks` is what blocks are read from; a test may put something between.
 */
export async function saveBackup(
  dataDir: string,
  to: string,
  blocks: Pick<BlockStore, 'get'> = new FileBlocks(join(dataDir, blocksName)),
): Promise<Saved> {
  const source = join(dataDir, databaseName)
  if (!existsSync(source))
    throw new BackupRefused(`${source} is not there: no relay has run over this folder.`)
  await requireOurs(to, dataDir)
  // Never started over the relay's own folder: that clears what is just being written.
  const copies = new FileBlocks(join(to, blocksName))
  await copies.start()

  const aside = join(to, `${databaseName}.new`)
  let copied: Copied = { blocks: 0, bytes: 0, lost: [] }
  let pins = 0
  let lostPins = 0
  for (let round = 0, isSettled = false; !isSettled && round < roundsMax; round += 1) {
    await copyDatabase(source, aside)
    const db = new CopiedDatabase(aside)
    try {
      const before = new Set(copied.lost)
      copied = await copyBlocks(db, blocks, copies)
      isSettled = copied.lost.every((name) => before.has(name))
      pins = db.pins
      lostPins = db.pinsOver(copied.lost)
    } finally {
      db.close()
    }
  }

  const files: Record<string, string> = { [databaseName]: await sha256Of(aside) }
  for (const name of keyNames) {
    const key = await readFile(join(dataDir, name)).catch((error: unknown) => {
      // A relay over a shared database may have no secret of its own.
      if (isMissing(error)) return null
      throw error
    })
    if (key === null) continue
    await writeWhole(to, name, key)
    files[name] = await sha256Of(join(to, name))
  }
  const { blocks: count, bytes, lost } = copied
  const manifest: Manifest = { version: 1, at: new Date().toISOString(), files, blocks: count, bytes, pins }
  // Before the database gets its name: a folder with a database and no manifest is a relay's own.
  await writeManifest(to, manifest)
  await rename(aside, join(to, databaseName))
  await syncFolder(to)
  await removeUnnamed(to)
  return { ...manifest, lost, lostPins }
}

/** A new folder, or one with a former backup, whose blocks need not be copied again. */
async function requireOurs(to: string, dataDir: string): Promise<void> {
  if (`${resolve(to)}/`.startsWith(`${resolve(dataDir)}/`))
    throw new BackupRefused(`${to} lies in the relay's own folder. Name another one, best on another disk.`)
  await mkdir(to, { recursive: true, mode: 0o700 })
  const present = await readdir(to)
  const isOurs = present.every((name) => ours.has(name.replace(/\.new$/, '')))
  if (!isOurs || (present.includes(databaseName) && (await readManifest(to)) === null))
    throw new BackupRefused(`${to} holds something else. Name a new folder, or one with a former backup.`)
}

/** What a former backup had and this one has not: somebody has taken it back. */
async function removeUnnamed(to: string): Promise<void> {
  const db = new CopiedDatabase(join(to, databaseName))
  try {
    for await (const path of glob('??/*', { cwd: join(to, blocksName) })) {
      if (!db.names(basename(path))) await rm(join(to, blocksName, path))
    }
  } finally {
    db.close()
  }
}
