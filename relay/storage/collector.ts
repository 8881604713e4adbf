import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Metrics } from '../metrics.ts'
import type { BlockStore } from './block-store.ts'
import type { Database } from './database.ts'
import type { Gate } from './gate.ts'

export interface CollectorParts {
  db: Database
  store: BlockStore
  gate: Pick<Gate, 'exclusive'>
  clock: Clock
  metrics: Metrics
}

/**
 * Removes blocks that no claim and no staging keeps and that nobody has touched for a while. Each batch runs alone behind the gate, so a block that is
 * being received is never taken away; the file goes before the row, so that a crash in between leaves a row to try again.
 */
export async function collect(
  { db, store, gate, clock, metrics }: CollectorParts,
  signal: AbortSignal,
): Promise<number> {
  let total = 0
  while (!signal.aborted) {
    const removed = await gate.exclusive(async () => {
      const batch = await db.all<{ multihash: Uint8Array }>(
        `SELECT multihash FROM blocks WHERE touched_ms <= ?
           AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.multihash = blocks.multihash)
           AND NOT EXISTS (SELECT 1 FROM staging_blocks WHERE staging_blocks.multihash = blocks.multihash)
         LIMIT ?`,
        clock() - relayLimits.collectorGraceMs,
        relayLimits.collectorBatch,
      )
      await Promise.all(batch.map(({ multihash }) => store.delete(multihash)))
      await db.transaction(async () => {
        for (const { multihash } of batch) await db.run('DELETE FROM blocks WHERE multihash = ?', multihash)
      })
      return batch.length
    })
    total += removed
    metrics.collectedBlocks.inc(removed)
    if (removed < relayLimits.collectorBatch) break
  }
  return total
}
