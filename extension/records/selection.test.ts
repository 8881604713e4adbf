import { describe, expect, test } from 'vitest'
import { periodsOverlap, selectFor } from './selection.ts'
import { recordOf } from './test-index.ts'
import { all, glucose, lipids, onDay, therapy } from './test-records.ts'

describe('the selection for a request', () => {
  const october = { start: '2026-10-01', end: '2026-10-31' }

  test('is what was asked for, of that time, and saved', () => {
    const waiting = recordOf({ title: 'Waiting', ...onDay('2026-10-05') }, { status: 'waiting' })
    const selected = selectFor([...all, waiting], { categories: ['imaging', 'laboratory'], period: october })
    expect(selected).toEqual([
      { category: 'imaging', shielded: false, records: [] },
      { category: 'laboratory', shielded: false, records: [glucose, lipids] },
    ])
  })

  test('marks shielded categories, and names each category once', () => {
    expect(selectFor(all, { categories: ['mental-health', 'mental-health'], period: october })).toEqual([
      { category: 'mental-health', shielded: true, records: [therapy] },
    ])
    expect(selectFor(all, { categories: [], period: october })).toEqual([])
  })

  test('counts both ends of a period', () => {
    const first = { start: '2026-10-31', end: '2026-11-02' }
    expect(periodsOverlap(first, october)).toBe(true)
    expect(periodsOverlap({ start: '2026-11-01', end: '2026-11-02' }, october)).toBe(false)
    expect(periodsOverlap({ start: '2020-01-01', end: '2030-01-01' }, october)).toBe(true)
  })
})
