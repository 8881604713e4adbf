import { describe, expect, test } from 'vitest'
import { all, lipids, titles } from './test-records.ts'
import { byCategory, byMonth, newestFirst } from './timeline.ts'

describe('the timeline', () => {
  test('goes from newest to oldest, and leaves its input as it was', () => {
    expect(titles(newestFirst(all))).toEqual(['Röntgen Thorax', 'Session notes', 'Glucose', 'Lipid panel'])
    expect(all[0]).toBe(lipids)
  })

  test('is grouped by month and by category', () => {
    expect(byMonth(all).map(({ key, records }) => [key, titles(records)])).toEqual([
      ['2026-11', ['Röntgen Thorax']],
      ['2026-10', ['Session notes', 'Glucose', 'Lipid panel']],
    ])
    expect(byCategory(all).map(({ key, records }) => [key, records.length])).toEqual([
      ['imaging', 1],
      ['mental-health', 1],
      ['laboratory', 2],
    ])
  })
})
