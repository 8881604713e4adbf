import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import * as nodeFiles from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { carOf, randomCar, rawBlock } from '../testing/car.ts'
import { BlockLost } from './block-store.ts'
import { carLength, readCar } from './car.ts'
import type { Block } from './dag.ts'
import { FileBlocks, type Files } from './file-blocks.ts'
import { Gate } from './gate.ts'
import { SqliteDatabase } from './sqlite.ts'

const home = mkdtempSync(join(tmpdir(), 'carekey-storage-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const newDir = () => mkdtempSync(join(home, 'x-'))

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += length) yield bytes.subarray(at, at + length)
}

describe('blocks on the disk', () => {
  it('are refused under a hash that is not theirs', async () => {
    const store = new FileBlocks(newDir())
    await store.start()
    const { cid } = rawBlock(randomBytes(10))
    await expect(store.put(cid.multihash.bytes, randomBytes(10))).rejects.toThrow(BlockLost)
    await expect(store.get(cid.multihash.bytes)).rejects.toThrow(BlockLost)
  })

  it('are synced before they get their name, and their folder after', async () => {
    const steps: string[] = []
    const watched: Files = {
      ...nodeFiles,
      open: async (...args: Parameters<typeof nodeFiles.open>) => {
        const handle = await nodeFiles.open(...args)
        const sync = handle.sync.bind(handle)
        handle.sync = () => {
          steps.push(args[1] === 'r' ? 'sync folder' : 'sync file')
          return sync()
        }
        return handle
      },
      rename: (...args: Parameters<typeof nodeFiles.rename>) => {
        steps.push('rename')
        return nodeFiles.rename(...args)
      },
    }
    const store = new FileBlocks(newDir(), watched)
    await store.start()
    steps.length = 0
    const { cid, bytes } = rawBlock(randomBytes(1_000))
    await store.put(cid.multihash.bytes, bytes)
    expect(steps).toEqual(['sync file', 'rename', 'sync folder'])
  })

  it('leave nothing behind when the disk is full', async () => {
    const dir = newDir()
    const full: Files = {
      ...nodeFiles,
      rename: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    }
    const store = new FileBlocks(dir, full)
    await store.start()
    const { cid, bytes } = rawBlock(randomBytes(1_000))
    await expect(store.put(cid.multihash.bytes, bytes)).rejects.toThrow('full')
    expect(await nodeFiles.readdir(join(dir, 'aside'))).toEqual([])
    await expect(store.get(cid.multihash.bytes)).rejects.toThrow(BlockLost)
  })
})

describe('CAR files', () => {
  it('come out as they went in, in whatever pieces they arrive', async () => {
    const car = await randomCar(5, 3_000)
    for (const length of [1, 7, 1_000, 1_000_000]) {
      const { roots, blocks } = await readCar(inPieces(car.bytes, length))
      const read: Block[] = []
      for await (const block of blocks) read.push(block)
      expect(roots.map(String)).toEqual([car.root.toString()])
      const again = await carOf(car.root, read)
      expect(Buffer.from(again.bytes).equals(car.bytes)).toBe(true)
    }
    const sizes = car.blocks.map(({ cid, bytes }) => ({ cid, bytes: bytes.byteLength }))
    expect(carLength(car.root, sizes)).toBe(car.bytes.byteLength)
  })

  it('are refused at once when one announces a block as large as memory', async () => {
    const { bytes } = await randomCar(0, 0)
    const huge = Buffer.concat([
      bytes,
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f, 0x01, 0x55, 0x12, 0x20]),
      randomBytes(32),
    ])
    let sent = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield huge
      for (;;) {
        sent += 65_536
        yield new Uint8Array(65_536)
      }
    }
    const read = async () => {
      const { blocks } = await readCar(endless())
      for await (const block of blocks) void block
    }
    await expect(read()).rejects.toMatchObject({ reason: 'record-too-large' })
    expect(sent).toBeLessThan(4 * 1024 * 1024)
  })
})

describe('the gate', () => {
  it('lets many in together, one alone, and nobody past who waits', async () => {
    const gate = new Gate()
    const seen: string[] = []
    const hold = (name: string) => async () => {
      seen.push(`${name} in`)
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(`${name} out`)
    }
    await Promise.all([
      gate.shared(hold('a')),
      gate.shared(hold('b')),
      gate.exclusive(hold('X')),
      gate.shared(hold('c')),
      gate.exclusive(() => Promise.reject(new Error('fails'))).catch(() => seen.push('failed')),
      gate.shared(hold('d')),
    ])
    expect(seen.slice(0, 2)).toEqual(['a in', 'b in'])
    expect(seen.indexOf('X in')).toBeGreaterThan(seen.indexOf('b out'))
    expect(seen.indexOf('X out')).toBe(seen.indexOf('X in') + 1)
    expect(seen.indexOf('c in')).toBeGreaterThan(seen.indexOf('X out'))
    expect(seen).toContain('d out')
  })
})

describe('the database', () => {
  it('waits for the disk, undoes a whole transaction, and refuses data of a newer version', async () => {
    const path = join(newDir(), 'relay.db')
    const db = SqliteDatabase.open(path)
    expect(await db.one('PRAGMA synchronous')).toEqual({ synchronous: 2 })
    const broken = () =>
      db.transaction(async () => {
        await db.run(`INSERT INTO meta VALUES ('a', '1')`)
        throw new Error('stop')
      })
    await expect(broken()).rejects.toThrow('stop')
    expect(await db.one(`SELECT * FROM meta WHERE key = 'a'`)).toBeNull()
    await db.close()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 999')
    newer.close()
    expect(() => SqliteDatabase.open(path)).toThrow('newer version')
  })

  it('lets nothing into a transaction that does not belong to it', async () => {
    const db = SqliteDatabase.open(':memory:')
    const put = (key: string) => db.run('INSERT INTO meta VALUES (?, ?)', key, '1')
    const broken = db.transaction(async () => {
      await put('inside')
      await db.transaction(async () => put('deeper inside'))
      await Promise.resolve()
      throw new Error('stop')
    })
    const beside = put('beside')
    const after = db.transaction(async () => put('after'))
    await expect(broken).rejects.toThrow('stop')
    await Promise.all([beside, after])
    expect(await db.all('SELECT key FROM meta ORDER BY key')).toEqual([{ key: 'after' }, { key: 'beside' }])
    await db.close()
  })
})
