import { expect, it } from 'vitest'
import { drawPositions } from './word-positions.ts'

it('draws different positions within the 24, in order', () => {
  for (let round = 0; round < 200; round += 1) {
    const positions = drawPositions(4)
    expect(new Set(positions).size).toBe(4)
    expect(positions.every((position) => position >= 1 && position <= 24)).toBe(true)
    expect(positions).toEqual([...positions].sort((one, other) => one - other))
  }
})

it('can draw the first and the last', () => {
  expect(drawPositions(4, () => 0)).toEqual([1, 2, 3, 4])
  expect(drawPositions(4, (below) => below - 1)).toEqual([21, 22, 23, 24])
})
