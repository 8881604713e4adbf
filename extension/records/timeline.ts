import type { Category } from '../../shared/protocol/categories.ts'
import type { Statement } from '../../shared/protocol/statement.ts'

/** What grouping and search need of a record. */
export interface Described {
  statement: Pick<Statement, 'title' | 'category' | 'period' | 'issuedAt' | 'practitioner'>
}

export interface Group<K, R> {
  key: K
  records: R[]
}

/** When the care took place, as far as a list is concerned: the last day of the period, then the time of issue. */
const placeInTime = ({ statement }: Described) => `${statement.period.end} ${statement.issuedAt}`

export function newestFirst<R extends Described>(records: readonly R[]): R[] {
  return [...records].sort((a, b) => placeInTime(b).localeCompare(placeInTime(a)))
}

/** By month (`YYYY-MM`) of the period's end, newest first, and so within each month. */
export function byMonth<R extends Described>(records: readonly R[]): Group<string, R>[] {
  return groupBy(newestFirst(records), (record) => record.statement.period.end.slice(0, 7))
}

/** By category, the category with the newest record first. */
export function byCategory<R extends Described>(records: readonly R[]): Group<Category, R>[] {
  return groupBy(newestFirst(records), (record) => record.statement.category)
}

function groupBy<K, R>(records: readonly R[], keyOf: (record: R) => K): Group<K, R>[] {
  return [...Map.groupBy(records, keyOf)].map(([key, group]) => ({ key, records: group }))
}
