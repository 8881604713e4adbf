import { expect, it } from 'vitest'
import { durationChoices } from './durations.ts'

const day = 24 * 60 * 60
const labels = (seconds: number) => durationChoices(seconds).map(({ label }) => label)

it('offers what was asked first, then what is shorter', () => {
  expect(labels(7 * day)).toEqual(['7 days, as asked', '1 day', '1 hour'])
  expect(labels(90 * day)).toEqual(['90 days, as asked', '30 days', '7 days', '1 day', '1 hour'])
})

it('offers nothing longer than asked', () => {
  for (const asked of [600, 3600, day, 3 * day, 366 * day]) {
    expect(durationChoices(asked).every(({ seconds }) => seconds <= asked)).toBe(true)
  }
})

it('offers one choice where nothing shorter is usual', () => {
  expect(labels(30 * 60)).toEqual(['30 minutes, as asked'])
})
