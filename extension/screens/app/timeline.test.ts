import { describe, expect, it } from 'vitest'
import type { RecordView } from '../../snapshots.ts'
import { byCategory, byMonth, newerThan, newestVersions, search, versionsOf } from './timeline.ts'

const record = (id: string, end: string, more: Partial<RecordView> = {}) =>
  ({
    commitment: id,
    title: `Record ${id}`,
    category: 'laboratory',
    period: { start: end, end },
    issuedAt: `${end}T00:00:00Z`,
    author: { name: 'St. Brigid Hospital' },
    practitioner: null,
    previous: null,
    ...more,
  }) as RecordView

const first = record('1', '2026-03-01')
const second = record('2', '2026-03-02', { previous: first.commitment })
const third = record('3', '2026-03-05', { previous: second.commitment })
const pills = record('4', '2026-11-12', {
  category: 'medications',
  title: 'Medication list',
  practitioner: 'Dr. Byrne',
})
const all = [second, pills, first, third]

describe('the list of records', () => {
  it('shows the newest version of each alone', () => {
    expect(newestVersions(all)).toEqual([pills, third])
  })

  it('finds all versions of one, newest first, from any of them', () => {
    for (const one of [first, second, third]) {
      expect(versionsOf(all, one).map(({ record, number }) => [record, number])).toEqual([
        [third, 3],
        [second, 2],
        [first, 1],
      ])
    }
    expect(newerThan(versionsOf(all, first), first)).toEqual([third])
    expect(newerThan(versionsOf(all, third), third)).toEqual([])
  })

  it('shows a fork: both versions that follow one, and what follows them', () => {
    const other = record('5', '2026-03-03', { previous: first.commitment })
    const versions = versionsOf([...all, other], third)
    expect(versions.map(({ record, number, forked }) => [record, number, forked])).toEqual([
      [third, 3, false],
      [other, 2, true],
      [second, 2, true],
      [first, 1, false],
    ])
    expect(newerThan(versions, first)).toEqual([third, other])
  })

  it('ends on versions that name each other', () => {
    const one = record('8', '2026-01-01', { previous: record('9', '').commitment })
    const other = record('9', '2026-01-01', { previous: one.commitment })
    const versions = versionsOf([one, other], one)
    expect(versions).toHaveLength(2)
    expect(newerThan(versions, one)).toEqual([other])
  })

  it('groups by month, newest first', () => {
    expect(byMonth(all, 'en-GB').map(({ heading, records }) => [heading, records.length])).toEqual([
      ['November 2026', 1],
      ['March 2026', 3],
    ])
    expect(byMonth(all, 'en-GB')[1]?.records).toEqual([third, second, first])
  })

  it('groups by category in one order everywhere', () => {
    expect(byCategory(all).map(({ heading }) => heading)).toEqual(['Medications', 'Laboratory results'])
  })

  it('finds by title, category, author, practitioner and year', () => {
    for (const query of ['medication', 'MEDICATIONS list', 'byrne', 'brigid 2026-11'])
      expect(search(all, query)).toEqual([pills])
    const thorax = record('5', '2026-11-20', { title: 'Röntgen Thorax' })
    expect(search([...all, thorax], 'rontgen')).toEqual([thorax])
    expect(search(all, 'spleen')).toEqual([])
    expect(search(all, ' ')).toHaveLength(4)
  })
})
