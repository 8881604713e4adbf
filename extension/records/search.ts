import type { Described } from './timeline.ts'

/** Records in which every word of the query begins some word; case and accents do not matter. Empty query: all. */
export function searchRecords<R extends Described>(
  records: readonly R[],
  query: string,
  authorName: (record: R) => string = () => '',
): R[] {
  const wanted = wordsOf(query)
  return records.filter((record) => {
    const { title, category, practitioner = '', period } = record.statement
    const words = wordsOf(
      [title, category, practitioner, period.start, period.end, authorName(record)].join(' '),
    )
    return wanted.every((prefix) => words.some((word) => word.startsWith(prefix)))
  })
}

function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
  return plain.split(/[^\p{Letter}\p{Number}]+/u).filter((word) => word !== '')
}
