import { z } from 'zod'
import { type Commitment, pseudonymSchema } from '../protocol/ids.ts'
import { recordsAbi } from './generated/records.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const anchorPlaceSchema = z
  .tuple([pseudonymSchema, wholeNumberSchema, wholeNumberSchema])
  .transform(([subject, blockNumber, timestamp]) => ({ subject, blockNumber, timestamp }))

/** Who a record is about, and where and when (Unix seconds) it was anchored. */
export type AnchorPlace = z.infer<typeof anchorPlaceSchema>

/** Null if nobody anchored it. */
export async function readAnchor(ledger: Ledger, commitment: Commitment): Promise<AnchorPlace | null> {
  const answer = await reading(
    ledger.client.readContract({
      abi: recordsAbi,
      address: ledger.deployment.contracts.records,
      functionName: 'anchorOf',
      args: [commitment],
    }),
  )
  const place = anchorPlaceSchema.parse(answer)
  return place.timestamp === 0 ? null : place
}
