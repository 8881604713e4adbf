import { unixfs } from '@helia/unixfs'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { type CidText, cidSchema } from '../../../shared/protocol/ids.ts'
import { openBlockstore } from './blockstore.ts'
import { parseCid, readCar, writeCar } from './car.ts'
import { linked, missing, readFile, walk } from './dag.ts'
import { openRoots } from './roots.ts'

/** Sealed files as UnixFS in this browser. */
export interface Store {
  /** The same bytes always give the same CID (protocol, section 2). */
  add(bytes: Uint8Array): Promise<CidText>
  /** Takes in a CAR whose sender need not be trusted. Throws CarekeyError `record-damaged`, `record-too-large`. */
  addCar(root: CidText, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void>
  /** Whether the whole file is here. */
  has(root: CidText): Promise<boolean>
  /** Throws CarekeyError `record-missing`, `record-damaged`, `record-too-large`. */
  read(root: CidText, maxBytes: number): Promise<Uint8Array<ArrayBuffer>>
  /** A CARv1, root first; the caller has asked `has`. */
  car(root: CidText): AsyncGenerator<Uint8Array>
  /** Keeps every block that another stored file has. */
  drop(root: CidText): Promise<void>
  blockCount(): Promise<number>
  close(): Promise<void>
}

/** Opens the databases of this name. */
export async function openStore(name: string): Promise<Store> {
  const blockstore = await openBlockstore(`${name}-blocks`)
  const roots = await openRoots(`${name}-roots`)
  // Helia without network: what is not here is asked for by whoever knows the relay and has a token.
  const helia = await createHeliaLight({ blockstore }).start()
  const files = unixfs(helia)
  const oneAtATime = queue()

  return {
    add: (bytes) =>
      oneAtATime(async () => {
        const cid = cidSchema.parse((await files.addBytes(bytes, { profile: 'unixfs-v1-2025' })).toString())
        await roots.put(cid, await linked(blockstore, parseCid(cid)))
        return cid
      }),
    addCar: (root, source, maxBytes) =>
      oneAtATime(async () => {
        const arrived: string[] = []
        try {
          for await (const { cid, bytes } of readCar(source, maxBytes)) {
            if (!(await blockstore.has(cid))) arrived.push(cid.toString())
            await blockstore.put(cid, bytes)
          }
          await roots.put(root, await linked(blockstore, parseCid(root)))
        } catch (error) {
          for (const cid of arrived) await blockstore.delete(CID.parse(cid))
          throw error
        }
      }),
    has: async (root) => (await missing(blockstore, parseCid(root))) === undefined,
    async read(root, maxBytes) {
      const absent = await missing(blockstore, parseCid(root))
      if (absent) throw new CarekeyError('record-missing', 'This record is not kept in this browser.')
      return readFile(blockstore, parseCid(root), maxBytes)
    },
    car: (root) => writeCar(parseCid(root), walk(blockstore, parseCid(root))),
    drop: (root) =>
      oneAtATime(async () => {
        const before = await roots.all()
        const own = before.get(root)
        if (!own) return
        before.delete(root)
        const kept = new Set([...before.values()].flat())
        await roots.delete(root)
        for (const cid of own) if (!kept.has(cid)) await blockstore.delete(CID.parse(cid))
      }),
    blockCount: async () => new Set([...(await roots.all()).values()].flat()).size,
    async close() {
      await helia.stop()
      await blockstore.close()
      roots.close()
    },
  }
}

/** Work that must not interleave: a drop beside an import could take a block that both have. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work, work)
    last = next.catch(() => {})
    return next
  }
}
