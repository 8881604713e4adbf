import { setTimeout as pause } from 'node:timers/promises'
import { CarekeyError, isReason } from '../../protocol/errors.ts'
import type { SponsoredAct } from '../../protocol/relay-api.ts'
import { limits } from './limits.ts'
import type { Relay } from './relay.ts'

/** What became of a signed act. `waiting`: handed over, but not on the ledger yet. */
export interface Submitted {
  status: 'mined' | 'waiting'
  transactionHash: `0x${string}` | null
}

/**
 * Hands a signed act to the relay's sponsor and waits until it is final there. Repeating is harmless. Throws the
 * ledger's refusal, by its reason; `budget-spent` when the organization's day is used up; `relay-unreachable`.
 */
export async function submitAct(
  relay: Pick<Relay, 'submit' | 'submission'>,
  act: SponsoredAct,
  signal?: AbortSignal,
): Promise<Submitted> {
  let state = await relay.submit(act, signal)
  const until = performance.now() + limits.actWaitMs
  while (state.status === 'submitted' && performance.now() < until) {
    await pause(limits.ledgerPollMs, undefined, signal ? { signal } : {})
    state = await relay.submission(state.id, signal)
  }
  if (state.status === 'failed') {
    const reason = isReason(state.reason) ? state.reason : 'ledger-refused'
    throw new CarekeyError(reason, `The ledger did not take the ${act.kind}.`)
  }
  const status = state.status === 'mined' ? 'mined' : 'waiting'
  return { status, transactionHash: state.transactionHash }
}
