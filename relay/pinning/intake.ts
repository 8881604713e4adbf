import { relayLimits } from '../limits.ts'
import type { BlockStore } from '../storage/block-store.ts'
import type { Block } from '../storage/dag.ts'
import type { Database } from '../storage/database.ts'
import type { Gate } from '../storage/gate.ts'
import type { Held } from './claims.ts'

export interface Intake {
  db: Database
  store: BlockStore
  gate: Pick<Gate, 'shared'>
}

export interface Received {
  blocks: number
  bytes: number
}

/**
 * Blocks from a stranger to the disk, a batch at a time: first reserved in the ledger of blocks (`reserve` throws when they may not
 * come), then written and synced, then marked as stored. The collector is kept out in between.
 */
export async function receiveBlocks(
  { db, store, gate }: Intake,
  blocks: AsyncIterable<Block>,
  reserve: (batch: readonly (Held & { cid: Uint8Array })[]) => Promise<unknown>,
): Promise<Received> {
  const received: Received = { blocks: 0, bytes: 0 }
  const flush = (batch: readonly Block[]): Promise<void> =>
    gate.shared(async () => {
      const held = batch.map(({ cid, bytes }) => ({
        cid: cid.bytes,
        multihash: cid.multihash.bytes,
        bytes: bytes.byteLength,
      }))
      await reserve(held)
      await Promise.all(batch.map(({ cid, bytes }) => store.put(cid.multihash.bytes, bytes)))
      await db.transaction(async () => {
        for (const { multihash } of held)
          await db.run('UPDATE blocks SET stored = 1 WHERE multihash = ?', multihash)
      })
    })

  let batch: Block[] = []
  let batchBytes = 0
  for await (const block of blocks) {
    batch.push(block)
    batchBytes += block.bytes.byteLength
    received.blocks += 1
    received.bytes += block.bytes.byteLength
    if (batch.length < relayLimits.batchBlocks && batchBytes < relayLimits.batchBytes) continue
    await flush(batch)
    batch = []
    batchBytes = 0
  }
  if (batch.length > 0) await flush(batch)
  return received
}
