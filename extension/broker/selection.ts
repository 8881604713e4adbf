import type { AccessRequest } from '../../shared/protocol/access-request.ts'
import type { Category } from '../../shared/protocol/categories.ts'
import type { Period } from '../../shared/protocol/ids.ts'
import type { StoredRecord } from './ports.ts'

const overlaps = (a: Period, b: Period) => a.start <= b.end && b.start <= a.end

/** The exact records that a request would open: in a category asked for, of a time that overlaps, saved. */
export function matching(
  records: StoredRecord[],
  request: Pick<AccessRequest, 'categories' | 'period'>,
): StoredRecord[] {
  return records
    .filter(
      ({ status, statement, tombstone }) =>
        status === 'saved' &&
        tombstone === undefined &&
        request.categories.includes(statement.category) &&
        overlaps(statement.period, request.period),
    )
    .sort((a, b) => b.statement.issuedAt.localeCompare(a.statement.issuedAt))
}

/** The categories of the chosen records, in the order in which they were asked for. */
export function categoriesOf(records: StoredRecord[], asked: readonly Category[]): Category[] {
  return asked.filter((category) => records.some(({ statement }) => statement.category === category))
}

/** Whether anything differs from what was asked. */
export function isNarrowed(
  asked: { records: StoredRecord[]; durationSeconds: number },
  given: { commitments: string[]; durationSeconds: number },
): boolean {
  return given.durationSeconds !== asked.durationSeconds || given.commitments.length !== asked.records.length
}
