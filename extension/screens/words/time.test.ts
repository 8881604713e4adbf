import { describe, expect, it } from 'vitest'
import {
  capitalized,
  dateInWords,
  durationInWords,
  momentInWords,
  periodInWords,
  readerLocale,
  sizeInWords,
} from './time.ts'

const at = (iso: string) => Math.floor(Date.parse(iso) / 1000)
const stockholm = { now: at('2026-11-20T14:05:00+01:00'), locale: 'en-GB', timeZone: 'Europe/Stockholm' }

describe('moments in words', () => {
  it.each([
    ['2026-11-20T16:30:00+01:00', 'today, 16:30'],
    ['2026-11-21T14:00:00+01:00', 'tomorrow, 14:00'],
    ['2026-11-19T09:12:00+01:00', 'yesterday, 09:12'],
    ['2026-11-27T14:00:00+01:00', 'Friday 27 November, 14:00'],
    ['2026-03-03T08:00:00+01:00', '3 March, 08:00'],
    ['2025-03-03T08:00:00+01:00', '3 March 2025, 08:00'],
  ])('says %s as %s', (iso, words) => {
    expect(momentInWords(at(iso), stockholm)).toBe(words)
  })

  it('counts days in the zone of the reader, not in UTC', () => {
    const late = at('2026-11-20T23:30:00Z')
    expect(momentInWords(late, stockholm)).toBe('tomorrow, 00:30')
    expect(momentInWords(late, { ...stockholm, timeZone: 'UTC' })).toBe('today, 23:30')
  })

  it('keeps the clock of the reader', () => {
    expect(momentInWords(at('2026-11-21T14:00:00+01:00'), { ...stockholm, locale: 'en-US' })).toMatch(
      /^tomorrow, 2:00\sPM$/,
    )
  })

  it('starts a sentence with a capital', () => {
    expect(capitalized('today, 14:00')).toBe('Today, 14:00')
  })
})

describe('dates, durations and sizes', () => {
  it('takes a date without a zone as that day everywhere', () => {
    expect(dateInWords('2026-11-01', 'en-GB')).toBe('1 November 2026')
  })

  it('returns what is no date as it is', () => {
    expect(dateInWords('spring 2019', 'en-GB')).toBe('spring 2019')
    expect(dateInWords('2019', 'en-GB')).toBe('2019')
  })

  it('says one day once and a period as both ends', () => {
    expect(periodInWords({ start: '2026-11-01', end: '2026-11-01' }, 'en-GB')).toBe('1 November 2026')
    expect(periodInWords({ start: '2021-11-20', end: '2026-11-20' }, 'en-GB')).toBe(
      '20 November 2021 to 20 November 2026',
    )
  })

  it.each([
    [600, '10 minutes'],
    [3600, '1 hour'],
    [86_400, '1 day'],
    [604_800, '7 days'],
    [90_000, '25 hours'],
  ])('says %i seconds as %s', (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words)
  })

  it.each([
    [412, '412 bytes'],
    [48_200, '48 kB'],
    [1_240_000, '1.2 MB'],
  ])('says %i as %s', (bytes, words) => {
    expect(sizeInWords(bytes)).toBe(words)
  })

  it('takes the first English of the reader, else British', () => {
    expect(readerLocale(['de-DE', 'en-US'])).toBe('en-US')
    expect(readerLocale(['sv-SE'])).toBe('en-GB')
  })
})
