import { expect, it } from 'vitest'
import { relayLimits } from '../limits.ts'
import { Database } from '../storage/database.ts'
import { Peers } from './peers.ts'

const [owner, other] = [`0x${'11'.repeat(20)}`, `0x${'22'.repeat(20)}`] as const

it('keeps a peer for the account that came first, for as long as that renews it', () => {
  let nowMs = 0
  const peers = new Peers(Database.open(':memory:'), () => nowMs)
  const claim = (account: typeof owner | typeof other) => () => peers.register(account, 'peer')
  claim(owner)()
  expect(claim(other)).toThrow(expect.objectContaining({ reason: 'forbidden' }))
  nowMs += relayLimits.peerRegistrationTtlMs - 1
  claim(owner)()
  nowMs += relayLimits.peerRegistrationTtlMs - 1
  expect(claim(other)).toThrow(expect.objectContaining({ reason: 'forbidden' }))
  expect([peers.of(owner), peers.of(other)]).toEqual([['peer'], []])
  nowMs += 1
  claim(other)()
  expect([peers.of(owner), peers.of(other)]).toEqual([[], ['peer']])
  expect(claim(owner)).toThrow(expect.objectContaining({ reason: 'forbidden' }))
})
