import type { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Metrics } from '../metrics.ts'
import { BlockLost, type BlockStore } from './block-store.ts'
import type { Block } from './dag.ts'
import type { Database } from './database.ts'

/** A block from the disk for a reader. @throws CarekeyError `record-damaged`: it has to be uploaded again. */
export async function readBlock(
  { db, store, metrics }: { db: Database; store: BlockStore; metrics: Metrics },
  cid: CID,
): Promise<Uint8Array> {
  try {
    return await store.get(cid.multihash.bytes)
  } catch (error) {
    if (!(error instanceof BlockLost)) throw error
    metrics.damagedBlocks.inc()
    await db.run('UPDATE blocks SET stored = 0 WHERE multihash = ?', cid.multihash.bytes)
    throw new CarekeyError(
      'record-damaged',
      'A part of this file is damaged at the relay. Its owner has to upload it again.',
      {
        cause: error,
      },
    )
  }
}

/** Blocks one after the other; `first` has been read already, so that a damaged beginning is still a clean refusal. */
export async function* readBlocks(
  first: Block,
  rest: readonly CID[],
  read: (cid: CID) => Promise<Uint8Array>,
): AsyncGenerator<Block> {
  yield first
  for (const cid of rest) yield { cid, bytes: await read(cid) }
}
