import { NO_HASH } from '../../shared/protocol/ids.ts'
import { type SponsoredStatus, sponsoredStatusSchema } from '../../shared/protocol/relay-api.ts'

// What a client is told of an act: of one that lies in a batch, what became of the batch.

export interface StatusRow {
  digest: string
  status: 'queued' | 'collected' | 'batched' | 'submitted' | 'mined' | 'failed'
  transaction_hash: string | null
  block_number: number | null
  reason: string | null
  root: string | null
  proof: string | null
  batch_status: 'queued' | 'submitted' | 'mined' | 'failed' | null
  batch_hash: string | null
  batch_block: number | null
}

export const statusColumns = `acts.digest, acts.status, acts.transaction_hash, acts.block_number, acts.reason, item.root, item.proof,
  batch.status AS batch_status, batch.transaction_hash AS batch_hash, batch.block_number AS batch_block`

export const statusTables = `acts
  LEFT JOIN batch_items AS item ON item.digest = acts.digest AND item.subject = acts.subject
  LEFT JOIN acts AS batch ON batch.digest = item.root AND batch.subject = '${NO_HASH}'`

export function toStatus(row: StatusRow): SponsoredStatus {
  // Brought by itself as well and refused: the batch has it none the less.
  const isBatched = row.status === 'batched' || (row.status === 'failed' && row.batch_status !== null)
  const status = isBatched ? row.batch_status : row.status
  return sponsoredStatusSchema.parse({
    id: row.digest,
    status: status === 'mined' || status === 'failed' ? status : 'submitted',
    transactionHash: isBatched ? row.batch_hash : row.transaction_hash,
    blockNumber: isBatched ? row.batch_block : row.block_number,
    reason: isBatched ? null : row.reason,
    ...(row.root === null || row.proof === null
      ? {}
      : { batch: { root: row.root, proof: JSON.parse(row.proof) as unknown } }),
  })
}
