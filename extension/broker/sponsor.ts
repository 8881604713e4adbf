import { CarekeyError, isReason } from '../../shared/protocol/errors.ts'
import type { SponsoredAct, SponsoredStatus } from '../../shared/protocol/relay-api.ts'
import { limits } from './limits.ts'
import type { World } from './ports.ts'

/** What became of a signed act. `waiting`: signed and handed over, but not on the ledger yet. */
export type Submitted = { status: 'mined' | 'waiting'; transactionHash: `0x${string}` | null }

type Sponsoring = Pick<World, 'relay'>

/**
 * Hands an act to the relay's sponsor and waits until the ledger itself shows it: the relay's word alone counts for
 * nothing. Throws the ledger's refusal, by its reason; `relay-unreachable` when it could not be handed over.
 */
export async function submitAct(
  world: Sponsoring,
  relay: string,
  act: SponsoredAct,
  isThere: () => Promise<boolean>,
): Promise<Submitted> {
  if (await isThere()) return { status: 'mined', transactionHash: null }
  let status = await world.relay(relay).sponsor(act)
  const until = performance.now() + limits.minedWaitMs
  // A ledger on this machine answers in a moment, a public one in many seconds.
  for (let waitMs: number = limits.pollFirstMs; ; waitMs = Math.min(waitMs * 1.5, limits.pollMaxMs)) {
    if (await quietly(isThere)) return { status: 'mined', transactionHash: status.transactionHash }
    if (status.status === 'failed') throw refusalOf(status)
    if (performance.now() > until) return { status: 'waiting', transactionHash: status.transactionHash }
    await pause(waitMs)
    status = await world
      .relay(relay)
      .sponsored(status.id)
      .catch(() => status)
  }
}

async function quietly(isThere: () => Promise<boolean>): Promise<boolean> {
  try {
    return await isThere()
  } catch {
    return false
  }
}

function refusalOf(status: SponsoredStatus): CarekeyError {
  const reason = isReason(status.reason) ? status.reason : 'ledger-refused'
  return new CarekeyError(reason, 'The public register did not take it.', {
    data: { reason: status.reason ?? 'unknown' },
  })
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Refusals of the moment: the same signed act may pass later. */
const passing: ReadonlySet<string> = new Set([
  'ledger-unreachable',
  'relay-unreachable',
  'rate-limited',
  'budget-spent',
  'quota-exceeded',
  'storage-full',
  'pin-failed',
  'vault-locked',
  'token-invalid',
  'sign-in-required',
  'internal',
])

export const isPassing = (error: unknown): boolean =>
  !(error instanceof CarekeyError) || passing.has(error.reason)
