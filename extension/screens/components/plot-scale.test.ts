import { describe, expect, it } from 'vitest'
import { placePoints } from './plot-scale.ts'

describe('points of a plot', () => {
  it('runs from the oldest at the left to the newest at the right, whatever the order', () => {
    const placed = placePoints(
      [
        { date: '2026-01-01', value: 2 },
        { date: '2024-01-01', value: 4 },
      ],
      100,
      50,
    )
    expect(placed.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [100, 50],
    ])
  })

  it('lays equal values in the middle', () => {
    const placed = placePoints(
      [
        { date: '2024-01-01', value: 3 },
        { date: '2025-01-01', value: 3 },
      ],
      100,
      50,
    )
    expect(placed.map(({ y }) => y)).toEqual([25, 25])
  })

  it('leaves out what has no readable date', () => {
    expect(placePoints([{ date: 'spring', value: 1 }], 100, 50)).toEqual([])
  })
})
