import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FileBlocks } from '../storage/file-blocks.ts'
import { CopiedDatabase, copyBlocks } from './copy.ts'
import {
  BackupRefused,
  blocksName,
  databaseName,
  isMissing,
  keyNames,
  type Manifest,
  readManifest,
  sha256Of,
  syncFolder,
  writeWhole,
} from './manifest.ts'

export interface Restored extends Manifest {
  /** Blocks that the backup lacks, by the names of their files; none unless `evenPartly`. */
  lost: string[]
  lostPins: number
}

/** Blocks of a backup that are not there, or do not have their hash. Nothing was restored. */
export class BackupDamaged extends Error {
  override readonly name = 'BackupDamaged'
  readonly lost: readonly string[]
  readonly lostPins: number

  constructor(lost: readonly string[], lostPins: number) {
    super(`${lost.length} blocks of ${lostPins} pins are missing or damaged in this backup.`)
    this.lost = lost
    this.lostPins = lostPins
  }
}

/**
 * Puts a backup into an empty folder. All of it is hashed before anything is written; the database gets its name last. With `evenPartly`
 * what is whole is restored, and owners are asked to upload the rest again. @throws BackupRefused, BackupDamaged
 */
export async function restoreBackup(from: string, dataDir: string, evenPartly = false): Promise<Restored> {
  const manifest = await readManifest(from)
  if (manifest === null) throw new BackupRefused(`${from} holds no finished backup.`)
  await requireEmpty(dataDir)
  for (const [name, expected] of Object.entries(manifest.files)) {
    const found = await sha256Of(join(from, name)).catch((error: unknown) => {
      if (isMissing(error)) return null
      throw error
    })
    if (found !== expected) throw new BackupRefused(`${join(from, name)} is not the file that was saved.`)
  }

  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const aside = join(dataDir, `${databaseName}.new`)
  const saved = new FileBlocks(join(from, blocksName))
  await copyFile(join(from, databaseName), aside)
  const db = new CopiedDatabase(aside)
  try {
    const { lost } = await copyBlocks(db, saved, null)
    const lostPins = db.pinsOver(lost)
    if (lost.length > 0 && !evenPartly) throw new BackupDamaged(lost, lostPins)
    const blocks = new FileBlocks(join(dataDir, blocksName))
    await blocks.start()
    const copied = await copyBlocks(db, saved, blocks)
    if (copied.lost.length > lost.length) throw new BackupDamaged(copied.lost, db.pinsOver(copied.lost))
    db.noteLost(lost)
    db.close()
    for (const name of keyNames)
      if (name in manifest.files) await writeWhole(dataDir, name, await readFile(join(from, name)))
    await rename(aside, join(dataDir, databaseName))
    await syncFolder(dataDir)
    return { ...manifest, lost, lostPins }
  } catch (error) {
    db.close()
    for (const name of await readdir(dataDir)) await rm(join(dataDir, name), { recursive: true })
    throw error
  }
}

async function requireEmpty(dataDir: string): Promise<void> {
  const present = await readdir(dataDir).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  if (present.length > 0)
    throw new BackupRefused(
      `${dataDir} is not empty. A backup is restored into a folder of its own: move this one away first.`,
    )
}
