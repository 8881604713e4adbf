import { describe, expect, it } from 'vitest'
import { limits } from '../limits.ts'
import { memoryItem } from '../testing/memory.ts'
import { limiterOf } from './limiter.ts'

const origin = 'https://stbrigid.example'
const other = 'https://lindqvist.example'

describe('the limiter', () => {
  it('hears ten calls a second and refuses the eleventh, of this origin alone', () => {
    const limiter = limiterOf(memoryItem({}))
    for (let call = 0; call < limits.callsPerSecond; call++) limiter.count(origin, 1_000 + call)
    expect(() => limiter.count(origin, 1_500)).toThrow(expect.objectContaining({ reason: 'request-limit' }))
    expect(() => limiter.count(other, 1_500)).not.toThrow()
  })

  it('hears ninety calls a minute and then waits for the minute to pass', () => {
    const limiter = limiterOf(memoryItem({}))
    for (let call = 0; call < limits.callsPerMinute; call++) limiter.count(origin, call * 500)
    expect(() => limiter.count(origin, 46_000)).toThrow(expect.objectContaining({ reason: 'request-limit' }))
    expect(() => limiter.count(origin, 61_000)).not.toThrow()
  })

  it('blocks an origin for a minute after three refusals within half a minute, over a restart', async () => {
    const store = memoryItem<Record<string, number[]>>({})
    const before = limiterOf(store)
    for (const at of [100, 110, 120]) {
      await before.requireHeard(origin, at)
      await before.rejected(origin, at)
    }
    const after = limiterOf(store)
    await expect(after.requireHeard(origin, 121)).rejects.toMatchObject({
      reason: 'request-limit',
      data: { until: 180 },
    })
    await after.requireHeard(other, 121)
    await after.requireHeard(origin, 180)
  })

  it('does not block when the refusals lie further apart', async () => {
    const limiter = limiterOf(memoryItem({}))
    for (const at of [100, 120, 140]) await limiter.rejected(origin, at)
    await limiter.requireHeard(origin, 141)
  })

  it('hears a blocked origin again at once when the patient invites it anew', async () => {
    const limiter = limiterOf(memoryItem({}))
    for (const at of [100, 101, 102]) await limiter.rejected(origin, at)
    await limiter.forgive(origin)
    await limiter.requireHeard(origin, 103)
  })

  it('remembers a bounded number of origins', () => {
    const limiter = limiterOf(memoryItem({}))
    for (let site = 0; site < limits.countedOrigins * 2; site++) limiter.count(`https://${site}.example`, 5)
    for (let call = 0; call < limits.callsPerSecond; call++) limiter.count('https://0.example', 6)
  })
})
