import { describe, expect, it } from 'vitest'
import { relayLimits } from '../limits.ts'
import { Nonces } from './nonces.ts'

describe('nonces', () => {
  it('are good once', () => {
    const nonces = new Nonces(() => 1_000)
    const nonce = nonces.issue()
    expect(nonces.use(nonce)).toBe(true)
    expect(nonces.use(nonce)).toBe(false)
  })

  it('run out, and a clock that is set back does not make them good twice', () => {
    let nowMs = 10_000_000
    const nonces = new Nonces(() => nowMs)
    const [late, used] = [nonces.issue(), nonces.issue()]
    expect(nonces.use(used)).toBe(true)
    nowMs += relayLimits.nonceTtlMs
    expect(nonces.use(late)).toBe(false)
    nowMs -= 2 * relayLimits.nonceTtlMs
    expect(nonces.use(used)).toBe(false)
  })

  it('are refused when another process made them, or anybody else', () => {
    const foreign = new Nonces(() => 0).issue()
    const nonces = new Nonces(() => 0)
    expect(nonces.use(foreign)).toBe(false)
    expect(nonces.use(`0x${'00'.repeat(32)}`)).toBe(false)
    const mine = nonces.issue()
    expect(nonces.use(`0x1${mine.slice(3)}`)).toBe(false)
  })
})
