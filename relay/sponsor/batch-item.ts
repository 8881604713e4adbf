import { randomInt } from 'node:crypto'
import type { Hex } from 'viem'
import { anchorLeafOf, grantLeafOf } from '../../shared/contracts/batches.ts'
import type { SponsoredAct } from '../../shared/protocol/relay-api.ts'
import type { Deployment } from '../../shared/protocol/typed-data.ts'
import { relayLimits } from '../limits.ts'

/** How the operator has acts batched. */
export interface BatchSettings {
  /** `asked`: only acts that ask for it. */
  mode: 'asked' | 'always'
  /** A batch of each kind is closed at the end of every window. */
  windowMs: number
  /** Acts in one batch at most. */
  size: number
  /** Each act waits a random time up to this before a batch may take it. */
  jitterMs: number
}

export type BatchKind = 'grant' | 'anchor'

/** An act that waits for its batch. */
export interface BatchItem {
  kind: BatchKind
  leaf: Hex
  /** When it would be too late for the ledger, Unix seconds. */
  deadline: number
  /** From when on a batch may take it. */
  ripeMs: number
  /** It cannot come to the ledger by itself. */
  batchOnly: boolean
}

/** Null for an act that goes by itself: of another kind, not wished, or too late for waiting. */
export function batchItemOf(
  deployment: Deployment,
  act: SponsoredAct,
  { mode, windowMs, jitterMs }: BatchSettings,
  nowMs: number,
): Omit<BatchItem, 'batchOnly'> | null {
  if ((act.kind !== 'grant' && act.kind !== 'anchor') || !deployment.contracts.batches) return null
  if (!(act.batch ?? mode === 'always')) return null
  const item =
    act.kind === 'grant'
      ? {
          kind: act.kind,
          leaf: grantLeafOf(deployment, act),
          deadline: Math.min(act.grant.deadline, act.grant.notAfter),
        }
      : {
          kind: act.kind,
          leaf: anchorLeafOf(deployment, act.anchor),
          deadline: Math.min(act.anchor.anchor.deadline, act.anchor.acceptance.deadline),
        }
  const latestMs = nowMs + jitterMs + windowMs + relayLimits.batchMarginMs
  if (item.deadline * 1_000 <= latestMs) return null
  // Two acts of one person that come together must not lie side by side: each waits a time of its own.
  return { ...item, ripeMs: nowMs + (jitterMs > 0 ? randomInt(jitterMs + 1) : 0) }
}
