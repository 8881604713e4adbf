import { randomBytes } from 'node:crypto'
import * as nodeFiles from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BlockLost, type BlockStore, hasHash, hex } from './block-store.ts'

/** What the store needs of `node:fs/promises`; a test may put a disk that tears or fills up between. */
export interface Files {
  open(path: string, flags: 'wx' | 'r', mode?: number): Promise<OpenFile>
  mkdir(path: string, options: { recursive: true; mode: number }): Promise<unknown>
  readFile(path: string): Promise<Uint8Array>
  rename(from: string, to: string): Promise<void>
  rm(path: string, options: { recursive?: boolean; force: boolean }): Promise<void>
}

export interface OpenFile {
  writeFile(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/**
 * Blocks as files named by their sha-256, in 256 folders. A block that `put` has acknowledged survives power loss: its file is synced before it
 * gets its name, and the folder after. Every read is hashed.
 */
export class FileBlocks implements BlockStore {
  readonly #dir: string
  readonly #files: Files

  constructor(dir: string, files: Files = nodeFiles) {
    this.#dir = dir
    this.#files = files
  }

  async start(): Promise<void> {
    await this.#files.rm(this.#aside(), { recursive: true, force: true })
    await this.#files.mkdir(this.#aside(), { recursive: true, mode: 0o700 })
    for (let shard = 0; shard < 256; shard += 1) {
      await this.#files.mkdir(join(this.#dir, hex(Uint8Array.of(shard))), { recursive: true, mode: 0o700 })
    }
    await this.#sync(this.#dir)
    await this.#sync(dirname(this.#dir))
  }

  async put(multihash: Uint8Array, bytes: Uint8Array): Promise<void> {
    if (!hasHash(multihash, bytes)) throw new BlockLost(multihash, true)
    if (await this.#isWhole(multihash)) {
      // Whoever wrote it may not have come to this.
      await this.#sync(this.#shard(multihash))
      return
    }
    const aside = join(this.#aside(), randomBytes(16).toString('hex'))
    try {
      const file = await this.#files.open(aside, 'wx', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await this.#files.rename(aside, this.#path(multihash))
    } catch (error) {
      await this.#files.rm(aside, { force: true })
      throw error
    }
    await this.#sync(this.#shard(multihash))
  }

  /** @throws BlockLost */
  async get(multihash: Uint8Array): Promise<Uint8Array> {
    const bytes = await this.#read(multihash)
    if (bytes === null) throw new BlockLost(multihash, false)
    if (!hasHash(multihash, bytes)) throw new BlockLost(multihash, true)
    return bytes
  }

  async delete(multihash: Uint8Array): Promise<void> {
    await this.#files.rm(this.#path(multihash), { force: true })
    // Or else it comes back when power is lost, and no row would name it any more.
    await this.#sync(this.#shard(multihash))
  }

  async stop(): Promise<void> {}

  async #isWhole(multihash: Uint8Array): Promise<boolean> {
    const bytes = await this.#read(multihash)
    return bytes !== null && hasHash(multihash, bytes)
  }

  async #read(multihash: Uint8Array): Promise<Uint8Array | null> {
    try {
      return await this.#files.readFile(this.#path(multihash))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
  }

  async #sync(dir: string): Promise<void> {
    const handle = await this.#files.open(dir, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  #aside(): string {
    return join(this.#dir, 'aside')
  }

  /** By the hash's last byte: all begin with the same two. */
  #shard(multihash: Uint8Array): string {
    return join(this.#dir, hex(multihash.subarray(-1)))
  }

  #path(multihash: Uint8Array): string {
    return join(this.#shard(multihash), hex(multihash))
  }
}
