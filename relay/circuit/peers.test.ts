import { expect, it } from 'vitest'
import { relayLimits } from '../limits.ts'
import { SqliteDatabase } from '../storage/sqlite.ts'
import { Peers } from './peers.ts'

const kept = { peerId: 'peer', relay: null }
const [owner, other] = [`0x${'11'.repeat(20)}`, `0x${'22'.repeat(20)}`] as const

it('keeps a peer for the account that came first, for as long as that renews it', async () => {
  let nowMs = 0
  const peers = new Peers(SqliteDatabase.open(':memory:'), () => nowMs)
  const claim = (account: typeof owner | typeof other) => () => peers.register(account, 'peer')
  await claim(owner)()
  await expect(claim(other)()).rejects.toThrow(expect.objectContaining({ reason: 'forbidden' }))
  nowMs += relayLimits.peerRegistrationTtlMs - 1
  await claim(owner)()
  nowMs += relayLimits.peerRegistrationTtlMs - 1
  await expect(claim(other)()).rejects.toThrow(expect.objectContaining({ reason: 'forbidden' }))
  expect([await peers.of(owner), await peers.of(other)]).toEqual([[kept], []])
  nowMs += 1
  await claim(other)()
  expect([await peers.of(owner), await peers.of(other)]).toEqual([[], [kept]])
  await expect(claim(owner)()).rejects.toThrow(expect.objectContaining({ reason: 'forbidden' }))
})
