import { chmodSync, rmSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { BlockLost, type BlockStore, hex } from '../storage/block-store.ts'
import { migrations } from '../storage/schema.ts'
import { BackupRefused } from './manifest.ts'

/** In one step, and so of one moment: a copy in pages begins again each time that the relay writes. */
const wholeDatabase = 2 ** 31 - 1
const busyMs = 10_000
const copiedTogether = 16

/** A block that the database names, and whether anything acknowledged hangs on it. */
interface Named {
  multihash: Uint8Array
  bytes: number
  kept: number
}

export interface Copied {
  blocks: number
  bytes: number
  /** Kept blocks that are not there, or do not have their hash: the names of their files. */
  lost: string[]
}

/** SQLite's own online backup of a database that another process may be writing, as one file without a log. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: busyMs })
  try {
    rmSync(to, { force: true })
    await backup(source, to, { rate: wholeDatabase })
  } finally {
    source.close()
  }
  chmodSync(to, 0o600)
  const copy = new DatabaseSync(to)
  try {
    copy.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE;')
  } finally {
    copy.close()
  }
}

/** The database of a backup. */
export class CopiedDatabase {
  readonly #db: DatabaseSync

  /** @throws BackupRefused when it is damaged, or of a newer version */
  constructor(path: string) {
    this.#db = new DatabaseSync(path)
    try {
      const found = this.#db.prepare('PRAGMA integrity_check').get()
      if (found?.integrity_check !== 'ok') throw new BackupRefused(`${path} is damaged.`)
      const { user_version: version } = this.#db.prepare('PRAGMA user_version').get() ?? {}
      if (Number(version) > migrations.length)
        throw new BackupRefused(`${path} was written by a newer version. Update the relay first.`)
    } catch (error) {
      this.#db.close()
      if (error instanceof BackupRefused) throw error
      throw new BackupRefused(`${path} is not a whole database.`, { cause: error })
    }
  }

  get pins(): number {
    return Number(this.#db.prepare(`SELECT count(*) AS value FROM pins WHERE status = 'pinned'`).get()?.value)
  }

  /** Pins that need one of these blocks. */
  pinsOver(names: readonly string[]): number {
    const pins = this.#db.prepare('SELECT requestid FROM pin_blocks WHERE multihash = ?')
    return new Set(names.flatMap((name) => pins.all(Buffer.from(name, 'hex')).map((row) => row.requestid)))
      .size
  }

  /** Whether it knows the block of a file's name, kept or not. */
  names(name: string): boolean {
    return (
      this.#db.prepare('SELECT 1 FROM blocks WHERE multihash = ?').get(Buffer.from(name, 'hex')) !== undefined
    )
  }

  /** They have to be put again. */
  noteLost(names: readonly string[]): void {
    const note = this.#db.prepare('UPDATE blocks SET stored = 0 WHERE multihash = ?')
    for (const name of names) note.run(Buffer.from(name, 'hex'))
  }

  /** What nothing keeps may vanish at any time, and what is still coming was acknowledged to nobody. */
  *named(): Generator<Named> {
    const rows = this.#db.prepare(
      `SELECT multihash, bytes, (stored = 1 AND (
           EXISTS (SELECT 1 FROM claims WHERE claims.multihash = blocks.multihash)
           OR EXISTS (SELECT 1 FROM staging_blocks WHERE staging_blocks.multihash = blocks.multihash)))
         OR EXISTS (SELECT 1 FROM pin_blocks JOIN pins USING (requestid)
           WHERE pin_blocks.multihash = blocks.multihash AND pins.status = 'pinned') AS kept
       FROM blocks`,
    )
    for (const row of rows.iterate()) yield row as unknown as Named
  }

  close(): void {
    this.#db.close()
  }
}

/** Every kept block that the database names, from one store into another or, with `null`, only looked at. Each is hashed. */
export async function copyBlocks(
  db: CopiedDatabase,
  from: Pick<BlockStore, 'get'>,
  to: Pick<BlockStore, 'put'> | null,
): Promise<Copied> {
  const copied: Copied = { blocks: 0, bytes: 0, lost: [] }
  const copy = async ({ multihash }: Named): Promise<void> => {
    try {
      const bytes = await from.get(multihash)
      await to?.put(multihash, bytes)
      copied.blocks += 1
      copied.bytes += bytes.byteLength
    } catch (error) {
      if (!(error instanceof BlockLost)) throw error
      copied.lost.push(hex(multihash))
    }
  }
  let batch: Named[] = []
  for (const block of db.named()) {
    if (block.kept === 0) continue
    batch.push(block)
    if (batch.length < copiedTogether) continue
    await Promise.all(batch.map(copy))
    batch = []
  }
  await Promise.all(batch.map(copy))
  return copied
}
