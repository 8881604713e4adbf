import { describe, expect, it } from 'vitest'
import type { RecordStanding } from '../../snapshots.ts'
import { standingBadge, standingInWords } from './standing.ts'

const now = Date.parse('2026-11-20T14:00:00+01:00') / 1000
const reader = { now, locale: 'en-GB', timeZone: 'Europe/Stockholm' }
const tally = { approvals: 1, supporters: 3, quorum: 2, votingUntil: now + 24 * 60 * 60 }
const said = (standing: Partial<RecordStanding>) =>
  standingInWords(
    { state: 'pending', tally, votes: [], answer: 'granted', dispute: null, withdrawn: null, ...standing },
    'St. Brigid Hospital',
    reader,
  )

describe('where a record stands, in words', () => {
  it('counts those who agreed, and says how long the others have', () => {
    expect(said({})).toBe(
      'It needs 2 hospitals to say that it is right; 1 has so far. They have until tomorrow, 14:00.',
    )
    expect(said({ tally: { ...tally, approvals: 0, quorum: 1 } })).toBe(
      'It needs 1 hospital to say that it is right; none has so far. They have until tomorrow, 14:00.',
    )
  })

  it('says how it ended', () => {
    expect(said({ state: 'confirmed', tally: { ...tally, approvals: 2 } })).toBe(
      '2 hospitals checked it and said that it is right.',
    )
    expect(said({ state: 'rejected', tally: { ...tally, votingUntil: now - 60 * 60 } })).toBe(
      'It needed 2 hospitals to say that it is right; 1 did. The time to answer ended today, 13:00.',
    )
  })

  it('does not claim a check that nobody made', () => {
    expect(said({ state: 'confirmed', tally: { ...tally, approvals: 0, quorum: 0 } })).toBe(
      'You accepted it, and that is enough: St. Brigid Hospital names nobody who checks its records.',
    )
    expect(said({ state: 'unasked', tally: null, answer: 'declined' })).toBe(
      'You let nobody check it. You keep it all the same.',
    )
    expect(said({ state: 'unasked', tally: null, answer: 'none' })).toBe('Nobody but you was asked about it.')
    expect(standingBadge('unasked')).toBeNull()
  })
})
