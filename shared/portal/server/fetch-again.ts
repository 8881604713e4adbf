import { CarekeyError, type Reason } from '../../protocol/errors.ts'
import { limits as wire } from '../../protocol/limits.ts'
import type { PlacedGrant } from '../../protocol/provider.ts'
import { grantedFrom, type OpenContext, type OpenedGrant, type OpenOptions, openGrant } from './open-grant.ts'

export interface Refusal {
  reason: Reason
  message: string
}

/** Either everything again, or who refused and why, each in its own words. */
export type FetchedAgain =
  | { ok: true; opened: OpenedGrant }
  | { ok: false; ledger: Refusal | null; relay: Refusal | null }

export async function fetchAgain(
  context: OpenContext,
  answer: PlacedGrant,
  options: OpenOptions = {},
): Promise<FetchedAgain> {
  const { grantId, grant, manifest } = grantedFrom(answer)
  const ledger = await refusalOf(async () => {
    const refusal = await context.ledger.grantRefusal(grant)
    if (refusal) throw refusal
  })
  const askRelay = () =>
    refusalOf(() =>
      context.fetcher.fetchSealed({
        grant: grantId,
        cid: manifest,
        maxBytes: wire.manifestMaxBytes,
        transport: 'gateway',
        ...(options.signal ? { signal: options.signal } : {}),
      }),
    )
  if (ledger) return { ok: false, ledger, relay: await askRelay() }
  try {
    return { ok: true, opened: await openGrant(context, answer, options) }
  } catch (error) {
    // The relay is bothered only now: while the patient's own browser serves, not a byte needs to pass it.
    const relay = error instanceof CarekeyError ? await askRelay() : null
    if (relay) return { ok: false, ledger: null, relay }
    throw error
  }
}

async function refusalOf(attempt: () => Promise<unknown>): Promise<Refusal | null> {
  try {
    await attempt()
    return null
  } catch (error) {
    if (!(error instanceof CarekeyError)) throw error
    return { reason: error.reason, message: error.message }
  }
}
