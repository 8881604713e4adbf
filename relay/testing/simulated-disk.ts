import type { Files, OpenFile } from '../storage/file-blocks.ts'

interface File {
  bytes: Uint8Array
  /** What is on the platter; null before the first sync. */
  synced: Uint8Array | null
}
interface Dir {
  entries: Map<string, Node>
  synced: Map<string, Node>
}
type Node = File | Dir

export type Call = 'open' | 'write' | 'sync' | 'rename' | 'rm' | 'mkdir'
export type Failure = 'ENOSPC' | 'EIO' | 'EDQUOT' | 'ENOENT' | 'EEXIST'

/** A whole number from 0 to below the bound. */
export type Draw = (below: number) => number

const failure = (code: Failure) => Object.assign(new Error(code), { code })
const newDir = (): Dir => ({ entries: new Map(), synced: new Map() })

/**
 * A disk in memory that keeps only what was synced when power is lost: a file's content by its own sync, its name by its folder's. Whatever was
 * not synced survives, is gone or is torn, each by itself, as no journal would have it. One that syncs `folders` alone lies as cheap disks do.
 */
export class SimulatedDisk implements Files {
  readonly #root = newDir()
  readonly #syncs: 'all' | 'folders'
  /** Called before every call that changes the disk; what it throws is what the caller gets. */
  beforeCall: (call: Call) => void = () => undefined
  /** How many turns the next call takes, so that calls made at once end in any order. */
  turns: () => number = () => 1

  constructor({ syncs = 'all' }: { syncs?: 'all' | 'folders' } = {}) {
    this.#syncs = syncs
  }

  async open(path: string, flags: 'wx' | 'r'): Promise<OpenFile> {
    await this.#turn()
    if (flags === 'r') return this.#handle(this.#at(path))
    this.beforeCall('open')
    const { dir, name } = this.#place(path)
    if (dir.entries.has(name)) throw failure('EEXIST')
    const file: File = { bytes: new Uint8Array(), synced: null }
    dir.entries.set(name, file)
    return this.#handle(file)
  }

  async mkdir(path: string): Promise<void> {
    this.beforeCall('mkdir')
    let dir = this.#root
    for (const name of partsOf(path)) {
      const next = dir.entries.get(name) ?? newDir()
      if (!('entries' in next)) throw failure('EEXIST')
      dir.entries.set(name, next)
      dir = next
    }
  }

  async readFile(path: string): Promise<Uint8Array> {
    await this.#turn()
    const file = this.#at(path)
    if (!('bytes' in file)) throw failure('EIO')
    return file.bytes
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#turn()
    this.beforeCall('rename')
    const node = this.#at(from)
    const source = this.#place(from)
    const target = this.#place(to)
    source.dir.entries.delete(source.name)
    target.dir.entries.set(target.name, node)
  }

  async rm(path: string): Promise<void> {
    await this.#turn()
    this.beforeCall('rm')
    const parts = partsOf(path)
    const name = parts.pop() ?? ''
    this.#folder(parts)?.entries.delete(name)
  }

  /** The files under a folder, deep down, by name. */
  files(path: string): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>()
    const walk = (dir: Dir): void => {
      for (const [name, node] of dir.entries) {
        if ('bytes' in node) found.set(name, node.bytes)
        else walk(node)
      }
    }
    const dir = this.#folder(partsOf(path))
    if (dir) walk(dir)
    return found
  }

  /** Power is lost and comes back. */
  cut(draw: Draw): void {
    settle(this.#root, draw)
  }

  #handle(node: Node): OpenFile {
    return {
      writeFile: async (bytes) => {
        await this.#turn()
        if (!('bytes' in node)) throw failure('EIO')
        node.bytes = bytes.slice(0, bytes.byteLength >> 1)
        this.beforeCall('write')
        node.bytes = bytes.slice()
      },
      sync: async () => {
        await this.#turn()
        this.beforeCall('sync')
        if ('entries' in node) node.synced = new Map(node.entries)
        else if (this.#syncs === 'all') node.synced = node.bytes
      },
      close: () => Promise.resolve(),
    }
  }

  async #turn(): Promise<void> {
    for (let left = this.turns(); left > 0; left -= 1) await Promise.resolve()
  }

  #at(path: string): Node {
    const { dir, name } = this.#place(path)
    const node = name === '' ? this.#root : dir.entries.get(name)
    if (!node) throw failure('ENOENT')
    return node
  }

  #place(path: string): { dir: Dir; name: string } {
    const parts = partsOf(path)
    const name = parts.pop() ?? ''
    const dir = this.#folder(parts)
    if (!dir) throw failure('ENOENT')
    return { dir, name }
  }

  #folder(parts: readonly string[]): Dir | null {
    let dir = this.#root
    for (const name of parts) {
      const next = dir.entries.get(name)
      if (!next || !('entries' in next)) return null
      dir = next
    }
    return dir
  }
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '')

function settle(dir: Dir, draw: Draw): void {
  for (const name of new Set([...dir.entries.keys(), ...dir.synced.keys()])) {
    const [now, synced] = [dir.entries.get(name), dir.synced.get(name)]
    const kept = now === synced || draw(2) === 0 ? synced : now
    if (!kept) {
      dir.entries.delete(name)
      continue
    }
    dir.entries.set(name, kept)
    if ('entries' in kept) settle(kept, draw)
    else tear(kept, draw)
  }
  dir.synced = new Map(dir.entries)
}

function tear(file: File, draw: Draw): void {
  if (file.bytes !== file.synced) {
    const length = draw(file.bytes.byteLength + 1)
    const zeros = new Uint8Array(file.bytes.byteLength)
    zeros.set(file.bytes.subarray(0, length))
    const outcomes = [file.bytes, file.synced ?? new Uint8Array(), file.bytes.slice(0, length), zeros]
    file.bytes = outcomes[draw(outcomes.length)] ?? zeros
  }
  file.synced = file.bytes
}
