import type { AccessRequest } from '../../shared/protocol/access-request.ts'
import { type Category, shieldedCategories } from '../../shared/protocol/categories.ts'
import type { Period } from '../../shared/protocol/ids.ts'
import type { StoredRecord } from './schemas.ts'
import { newestFirst } from './timeline.ts'

type Selectable = Pick<StoredRecord, 'statement' | 'status'>

export interface SelectedCategory<R> {
  category: Category
  /** Starts unchosen. */
  shielded: boolean
  records: R[]
}

/** Both ends are included. */
export const periodsOverlap = (one: Period, other: Period): boolean =>
  one.start <= other.end && other.start <= one.end

/**
 * The exact records that a request would open (protocol, section 5.3): category asked for, period overlapping, saved.
 * One entry for every category asked for, in the order asked, also where there is nothing to open.
 */
export function selectFor<R extends Selectable>(
  records: readonly R[],
  request: Pick<AccessRequest, 'categories' | 'period'>,
): SelectedCategory<R>[] {
  const open = newestFirst(records).filter(
    ({ statement, status }) => status === 'saved' && periodsOverlap(statement.period, request.period),
  )
  return [...new Set(request.categories)].map((category) => ({
    category,
    shielded: shieldedCategories.has(category),
    records: open.filter((record) => record.statement.category === category),
  }))
}
