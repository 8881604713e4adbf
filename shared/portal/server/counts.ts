import { publicationSchema, publicationTypedData, type StatisticsRow } from '../../protocol/statistics.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import type { Settings } from './options.ts'
import { parse } from './parse.ts'
import type { Relay } from './relay.ts'
import { sign } from './signature.ts'
import { type Submitted, submitAct } from './submit-act.ts'

/** Anonymous counts of one period, in Unix seconds: `until` is not in it. */
export interface CountsWish {
  from: number
  until: number
  rows: readonly StatisticsRow[]
}

/**
 * Publishes how many records and diagnoses this organization made, by broad category, decade of life and sex: nothing of one
 * person. Throws CarekeyError `params-invalid`, `count-too-small`.
 */
export async function publishCounts(
  { settings, ledger, relay }: { settings: Settings; ledger: Ledger; relay: Relay },
  wish: CountsWish,
  signal?: AbortSignal,
): Promise<Submitted> {
  const publication = parse(
    publicationSchema,
    {
      organization: settings.organization,
      ...wish,
      deadline: (await ledger.now()) + limits.organizationActSeconds,
    },
    'The counts',
  )
  const signature = await sign(settings.account, publicationTypedData(settings.network, publication))
  return submitAct(relay, { kind: 'statistics', publication, signature }, signal)
}
