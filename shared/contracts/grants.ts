import { getContract } from 'viem'
import { z } from 'zod'
import type { Reason } from '../protocol/errors.ts'
import type { GrantId, Pseudonym } from '../protocol/ids.ts'
import { consentsAbi } from './generated/consents.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const grantStateSchema = z
  .tuple([wholeNumberSchema, wholeNumberSchema, wholeNumberSchema, wholeNumberSchema])
  .transform(([grantedAt, notBefore, notAfter, revokedAt]) => ({ grantedAt, notBefore, notAfter, revokedAt }))

/** All that the ledger keeps of a grant, in Unix seconds; 0 where it has not happened. */
export type GrantState = z.infer<typeof grantStateSchema>

/** All zero for a grant that nobody submitted or revoked. */
export async function readGrantState(ledger: Ledger, patient: Pseudonym, id: GrantId): Promise<GrantState> {
  return grantStateSchema.parse(await reading(consents(ledger).read.stateOf([patient, id])))
}

/**
 * Whether the grant is active at the newest block's time. On an idle chain that time stands still: who serves data
 * compares `grantRefusal` with its own clock as well, and asks the registry about the grantee.
 */
export const isGrantActive = (ledger: Ledger, patient: Pseudonym, id: GrantId): Promise<boolean> =>
  reading(consents(ledger).read.isActive([patient, id]))

/** Null if the grant is active at that time (Unix seconds), else why not. */
export function grantRefusal(
  state: GrantState,
  atSeconds: number,
): Extract<Reason, 'grant-unknown' | 'grant-revoked' | 'grant-not-started' | 'grant-expired'> | null {
  if (state.revokedAt !== 0) return 'grant-revoked'
  if (state.grantedAt === 0) return 'grant-unknown'
  if (atSeconds < state.notBefore) return 'grant-not-started'
  if (atSeconds >= state.notAfter) return 'grant-expired'
  return null
}

const consents = (ledger: Ledger) =>
  getContract({ abi: consentsAbi, address: ledger.deployment.contracts.consents, client: ledger.client })
