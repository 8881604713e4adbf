import { IDBBlockstore } from 'blockstore-idb'
import type { CID } from 'multiformats/cid'

/** Blocks in IndexedDB. */
class Blocks extends IDBBlockstore {
  /** IndexedDB stores the whole buffer behind a view, and a leaf is a view of its file: what is put is cut out. */
  override put(...[cid, block, options]: Parameters<IDBBlockstore['put']>): Promise<CID> {
    const cut =
      block instanceof Uint8Array && block.byteLength < block.buffer.byteLength ? block.slice() : block
    return super.put(cid, cut, options)
  }
}

/** Opens the database of this name; `close` ends it. */
export async function openBlockstore(name: string): Promise<IDBBlockstore> {
  const blocks = new Blocks(name)
  await blocks.open()
  return blocks
}
