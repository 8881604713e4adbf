import { z } from 'zod'
import type { SignedAnchor } from '../protocol/anchor.ts'
import type { Commitment, OrganizationId, Pseudonym } from '../protocol/ids.ts'
import { recordsAbi } from './generated/records.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

/** What an anchor is found by: the ledger keeps nothing under a commitment alone. */
export interface AnchorKey {
  commitment: Commitment
  subject: Pseudonym
  author: OrganizationId
}

export const anchorKeyOf = ({ anchor, author }: Pick<SignedAnchor, 'anchor' | 'author'>): AnchorKey => ({
  commitment: anchor.commitment,
  subject: anchor.subject,
  author,
})

const anchorPlaceSchema = z
  .tuple([wholeNumberSchema, wholeNumberSchema])
  .transform(([blockNumber, timestamp]) => ({ blockNumber, timestamp }))

/** Where and when (Unix seconds) a subject's acceptance of an author's record came to the ledger. */
export type AnchorPlace = z.infer<typeof anchorPlaceSchema>

/** Null unless this subject accepted this commitment from this author, whoever else anchored it. */
export async function readAnchor(
  ledger: Ledger,
  { commitment, subject, author }: AnchorKey,
): Promise<AnchorPlace | null> {
  const answer = await reading(
    ledger.client.readContract({
      abi: recordsAbi,
      address: ledger.deployment.contracts.records,
      functionName: 'anchorOf',
      args: [commitment, subject, author],
    }),
  )
  const place = anchorPlaceSchema.parse(answer)
  return place.timestamp === 0 ? null : place
}
