import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { relayLimits } from '../limits.ts'
import { SqliteDatabase } from '../storage/sqlite.ts'
import { Nonces } from './nonces.ts'

const newNonces = (clock: () => number, key = randomBytes(32), db = SqliteDatabase.open(':memory:')) =>
  new Nonces(db, clock, key)

describe('nonces', () => {
  it('are good once', async () => {
    const nonces = newNonces(() => 1_000)
    const nonce = nonces.issue()
    expect(await nonces.use(nonce)).toBe(true)
    expect(await nonces.use(nonce)).toBe(false)
  })

  it('run out, and a clock that is set back does not make them good twice', async () => {
    let nowMs = 10_000_000
    const nonces = newNonces(() => nowMs)
    const [late, used] = [nonces.issue(), nonces.issue()]
    expect(await nonces.use(used)).toBe(true)
    nowMs += relayLimits.nonceTtlMs
    expect(await nonces.use(late)).toBe(false)
    nowMs -= 2 * relayLimits.nonceTtlMs
    expect(await nonces.use(used)).toBe(false)
  })

  it('are good at another process that shares key and database, once at all of them', async () => {
    const shared = [() => 1_000, randomBytes(32), SqliteDatabase.open(':memory:')] as const
    const [one, other] = [newNonces(...shared), newNonces(...shared)]
    const nonce = one.issue()
    expect(await Promise.all([other.use(nonce), one.use(nonce)])).toEqual([true, false])
  })

  it('are refused when another process made them, or anybody else', async () => {
    const foreign = newNonces(() => 0).issue()
    const nonces = newNonces(() => 0)
    expect(await nonces.use(foreign)).toBe(false)
    expect(await nonces.use(`0x${'00'.repeat(32)}`)).toBe(false)
    const mine = nonces.issue()
    expect(await nonces.use(`0x1${mine.slice(3)}`)).toBe(false)
  })
})
