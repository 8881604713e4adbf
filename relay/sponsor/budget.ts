import { CarekeyError } from '../../shared/protocol/errors.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'
import type { Act } from './acts.ts'

const dayMs = 24 * 60 * 60 * 1_000

/** Counts an act against the day of whoever vouches for it and of whoever signs it. @throws CarekeyError `budget-spent` */
export async function spend(db: Database, nowMs: number, act: Act): Promise<void> {
  const purse = purseOf(act.kind)
  const { organization, signer } = relayLimits.sponsoredPerDay[purse]
  const day = Math.floor(nowMs / dayMs)
  await take(act.organization, organization)
  // An organization that signs itself has no other bound than its own.
  if (act.subject !== act.organization) await take(act.subject, signer)

  async function take(who: string, limit: number): Promise<void> {
    const row = await db.one<{ acts: number }>(
      `INSERT INTO spending VALUES (?, ?, ?, 1)
       ON CONFLICT (day, who, kind) DO UPDATE SET acts = spending.acts + 1 RETURNING acts`,
      day,
      who,
      purse,
    )
    if ((row?.acts ?? 0) <= limit) return
    throw new CarekeyError(
      'budget-spent',
      'What the sponsor pays in a day is used up. Try again tomorrow, or submit it elsewhere.',
    )
  }
}

/** Which budget pays for a kind of act. */
function purseOf(kind: Act['kind']): keyof typeof relayLimits.sponsoredPerDay {
  switch (kind) {
    case 'revocation':
    case 'delegation-revocation':
    case 'delegated-revocation':
    case 'veto':
      return 'revocation'
    case 'opening':
      return 'emergency'
    default:
      return 'act'
  }
}
