import type { Inclusion } from '../../shared/protocol/batch.ts'
import { CarekeyError, isReason } from '../../shared/protocol/errors.ts'
import type { SponsoredAct, SponsoredStatus } from '../../shared/protocol/relay-api.ts'
import { limits } from './limits.ts'
import type { World } from './ports.ts'

/** What became of a signed act. `waiting`: signed and handed over, but not on the ledger yet. */
export type Submitted = { status: 'mined' | 'waiting'; transactionHash: `0x${string}` | null }

/** A block that came while nobody looked is seen late by at most this part of the time that it took. */
const lateShare = 0.1

type Sponsoring = Pick<World, 'relay'>

/**
 * Hands an act to the relay's sponsor and waits until the ledger itself shows it: the relay's word alone counts for
 * nothing. `wasThere` is the ledger's answer of a moment ago, where it was asked already. `keep` stores the proof of an
 * act that lies in a batch, which `isThere` then uses. Throws the ledger's refusal, by its reason; `relay-unreachable`
 * when it could not be handed over.
 */
export async function submitAct(
  world: Sponsoring,
  relay: string,
  act: SponsoredAct,
  isThere: () => Promise<boolean>,
  { wasThere, keep }: { wasThere?: boolean; keep?: (batch: Inclusion) => Promise<void> } = {},
): Promise<Submitted> {
  if (wasThere ?? (await isThere())) return { status: 'mined', transactionHash: null }
  let status = await world.relay(relay).sponsor(act)
  const begun = performance.now()
  let kept = false
  for (;;) {
    if (status.batch && keep && !kept) {
      await keep(status.batch)
      kept = true
    }
    if (await quietly(isThere)) return { status: 'mined', transactionHash: status.transactionHash }
    if (status.status === 'failed') throw refusalOf(status)
    const waitedMs = performance.now() - begun
    if (waitedMs > limits.minedWaitMs) return { status: 'waiting', transactionHash: status.transactionHash }
    // A ledger on this machine answers in a moment, a public one in many seconds.
    await pause(Math.min(Math.max(waitedMs * lateShare, limits.pollFirstMs), limits.pollMaxMs))
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
  return new CarekeyError(reason, 'The ledger did not take it.', {
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
