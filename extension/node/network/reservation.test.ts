import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nodeLimits } from '../limits.ts'
import { watchReservation } from './reservation.ts'

let ending: AbortController
let relay: {
  up: boolean
  held: boolean
  attempts: number[]
  changes: boolean[]
  troubles: number[]
  ttlMs: number
}

beforeEach(() => {
  vi.useFakeTimers()
  ending = new AbortController()
  relay = { up: true, held: false, attempts: [], changes: [], troubles: [], ttlMs: 15 * 60_000 }
})
afterEach(() => {
  ending.abort()
  vi.useRealTimers()
})

const watch = () =>
  watchReservation(
    {
      async reserve() {
        relay.attempts.push(Date.now())
        if (!relay.up) throw new Error('The relay is down.')
        relay.held = true
        return { endsAtMs: Date.now() + relay.ttlMs }
      },
      holds: () => relay.held,
      onChange: (reserved) => relay.changes.push(reserved),
      async onTrouble(failures) {
        relay.troubles.push(failures)
      },
    },
    ending.signal,
  )

test('reserves at once and does not ask again while the reservation lasts', async () => {
  watch()
  await vi.advanceTimersByTimeAsync(6 * 60_000)
  expect(relay).toMatchObject({ changes: [true], attempts: [expect.any(Number)] })
})

test('renews in time, by itself', async () => {
  watch()
  await vi.advanceTimersByTimeAsync(relay.ttlMs - nodeLimits.renewBeforeMs + 5_000)
  expect(relay.attempts).toHaveLength(2)
  expect(relay.changes).toEqual([true])
})

test('tries for ever, with at most ten seconds between two attempts', async () => {
  relay.up = false
  watch()
  await vi.advanceTimersByTimeAsync(60 * 60_000)
  const gaps = relay.attempts.slice(1).map((at, index) => at - (relay.attempts[index] ?? 0))
  expect(relay.attempts.length).toBeGreaterThan(360)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(10_000)
  expect(relay.troubles.slice(0, 2)).toEqual([
    nodeLimits.askRelayAfterFailures,
    2 * nodeLimits.askRelayAfterFailures,
  ])
  relay.up = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(relay.changes).toEqual([true])
})

test('notices a lost reservation within a few seconds, and at once when told', async () => {
  const { look } = watch()
  await vi.advanceTimersByTimeAsync(1_000)
  relay.held = false
  await vi.advanceTimersByTimeAsync(nodeLimits.watchMs)
  expect(relay.changes).toEqual([true, false, true])
  await vi.advanceTimersByTimeAsync(1_000)
  relay.held = false
  look()
  await vi.advanceTimersByTimeAsync(0)
  expect(relay.changes).toEqual([true, false, true, false, true])
})

test('ends with its signal', async () => {
  relay.up = false
  watch()
  await vi.advanceTimersByTimeAsync(5_000)
  ending.abort()
  const before = relay.attempts.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(relay.attempts).toHaveLength(before)
})
