import type { ReviewWish } from '../../protocol/attestation.ts'
import type { Commitment, Pseudonym } from '../../protocol/ids.ts'
import type { Statement } from '../../protocol/statement.ts'

/** A record or bill as this organization offered it to its patient. */
export interface KeptDeposit {
  commitment: Commitment
  patient: Pseudonym
  statement: Statement
  content: Uint8Array
  /** Which votes the offer asked for; null if for none. */
  review: ReviewWish | null
  /** Unix seconds */
  offeredAt: number
}

/**
 * Where what was offered is kept until it is confirmed, apart from the main database. Keep it in a table of its own; what
 * `mayMigrate` allows can then be moved.
 */
export interface DepositStore {
  put(deposit: KeptDeposit): Promise<void> | void
  get(commitment: Commitment): Promise<KeptDeposit | undefined> | KeptDeposit | undefined
  /** One patient's, or everybody's; in the order in which they were offered. */
  list(patient?: Pseudonym): Promise<KeptDeposit[]> | KeptDeposit[]
}

/** For one process: forgets everything when it ends. */
export function memoryDeposits(): DepositStore {
  const deposits = new Map<Commitment, KeptDeposit>()
  return {
    put(deposit) {
      deposits.set(deposit.commitment, deposit)
    },
    get: (commitment) => deposits.get(commitment),
    list: (patient) =>
      [...deposits.values()].filter((deposit) => patient === undefined || deposit.patient === patient),
  }
}
