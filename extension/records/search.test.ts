import { expect, test } from 'vitest'
import { searchRecords } from './search.ts'
import { all, titles } from './test-records.ts'

test('search finds beginnings of words, without regard to case or accents', () => {
  expect(titles(searchRecords(all, 'rontgen THOR'))).toEqual(['Röntgen Thorax'])
  expect(titles(searchRecords(all, 'o briain'))).toEqual(['Glucose'])
  expect(titles(searchRecords(all, '2026 lab'))).toEqual(['Lipid panel', 'Glucose'])
  expect(titles(searchRecords(all, 'brigid', () => 'St Brigid'))).toEqual(titles(all))
  expect(searchRecords(all, 'horax')).toEqual([])
  expect(searchRecords(all, '  ')).toEqual(all)
})
