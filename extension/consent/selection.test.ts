import { describe, expect, it } from 'vitest'
import type { AccessView, RecordView } from '../snapshots.ts'
import { choose, chosenCommitments, chosenCounts, initialSelection, recordsOffered } from './selection.ts'

const record = (digit: string) => ({ commitment: `0x${digit.repeat(64)}` }) as RecordView
const [blood, lipids, pills, notes] = [record('1'), record('2'), record('3'), record('4')]
const asked: Pick<AccessView, 'categories'> = {
  categories: [
    { category: 'laboratory', shielded: false, records: [blood, lipids] },
    { category: 'medications', shielded: false, records: [pills] },
    { category: 'mental-health', shielded: true, records: [notes] },
  ],
}
const ids = (...records: RecordView[]) => records.map(({ commitment }) => commitment)

describe('what the reader would open', () => {
  it('starts with everything asked for but what is shielded', () => {
    expect(chosenCommitments(asked, initialSelection(asked))).toEqual(ids(blood, lipids, pills))
  })

  it('takes a shielded record only when it is ticked', () => {
    const selection = choose(initialSelection(asked), ids(notes), true)
    expect(chosenCommitments(asked, selection)).toEqual(ids(blood, lipids, pills, notes))
  })

  it('leaves out one record, or a whole category', () => {
    const withoutLipids = choose(initialSelection(asked), ids(lipids), false)
    expect(chosenCommitments(asked, withoutLipids)).toEqual(ids(blood, pills))
    const withoutLaboratory = choose(initialSelection(asked), ids(blood, lipids), false)
    expect(chosenCommitments(asked, withoutLaboratory)).toEqual(ids(pills))
  })

  it('does not open a record that came after the reader began to read', () => {
    const selection = initialSelection(asked)
    const later = {
      categories: [
        { category: 'laboratory' as const, shielded: false, records: [blood, lipids, record('5')] },
      ],
    }
    expect(chosenCommitments(later, selection)).toEqual(ids(blood, lipids))
  })

  it('does not open a record that is no longer offered', () => {
    const fewer = { categories: asked.categories.slice(1) }
    expect(chosenCommitments(fewer, initialSelection(asked))).toEqual(ids(pills))
  })

  it('counts by category', () => {
    expect(chosenCounts(asked, initialSelection(asked))).toEqual([
      { category: 'laboratory', count: 2 },
      { category: 'medications', count: 1 },
      { category: 'mental-health', count: 0 },
    ])
    expect(recordsOffered(asked)).toBe(4)
  })
})
