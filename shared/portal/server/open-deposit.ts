import type { SignedDeposit } from '../../protocol/attestation.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Ledger } from './ledger.ts'
import type { Relay } from './relay.ts'
import { submitAct } from './submit-act.ts'

/**
 * Opens a deposit on the ledger for its author's supporters, unless it is open. Anyone who holds the author's signature
 * may: the author once the patient has said yes, else the first supporter that hears of it. What the patient declined
 * leaves no trace there.
 */
export async function openDeposit(
  { ledger, relay }: { ledger: Ledger; relay: Relay },
  { deposit, signature }: SignedDeposit,
  signal?: AbortSignal,
): Promise<void> {
  if ((await ledger.tallyOf(deposit)).status !== 'none') return
  try {
    await submitAct(relay, { kind: 'deposit', deposit, signature }, signal)
  } catch (error) {
    // Somebody else was quicker.
    if (!(error instanceof CarekeyError && error.reason === 'deposit-exists')) throw error
  }
}
