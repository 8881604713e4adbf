import type { PublishedEvent } from '../../shared/contracts/statistics.ts'

/** What organizations published, added up; no sum is about fewer people than its smallest part. */
export function addUp(published: readonly PublishedEvent[]) {
  const rows = published.flatMap(({ rows: own, from }) => own.map((row) => ({ ...row, from })))
  return {
    publications: published.length,
    byCategory: groups(rows, ({ category }) => category ?? 'other'),
    byAge: groups(rows, ({ ageBand }) => ageBand).sort((a, b) => a.key - b.key),
    bySex: groups(rows, ({ sex }) => sex),
    byPeriod: groups(rows, ({ from }) => from).sort((a, b) => a.key - b.key),
  }
}
export type Counts = ReturnType<typeof addUp>

interface Counted {
  records: number
  diagnoses: number
}

function groups<R extends Counted, K extends string | number>(rows: readonly R[], keyOf: (row: R) => K) {
  const sums = new Map<K, Counted>()
  for (const row of rows) {
    const sum = sums.get(keyOf(row)) ?? { records: 0, diagnoses: 0 }
    sums.set(keyOf(row), {
      records: sum.records + row.records,
      diagnoses: sum.diagnoses + row.diagnoses,
    })
  }
  return [...sums].map(([key, sum]) => ({ key, ...sum }))
}
