import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { dialOnly } from './gater.ts'

const peer = '12D3KooWFXrsZTR8bvwesbYW3iHrghVi1Pa42kzFFpzWo6hTwCY8'
const secure = `/dns4/relay.example/tcp/443/wss/p2p/${peer}`
const local = `/ip4/127.0.0.1/tcp/8788/ws/p2p/${peer}`
const plain = `/ip4/203.0.113.7/tcp/8788/ws/p2p/${peer}`

const denies = (relay: string[], address: string, loopback = false) =>
  dialOnly(
    relay.map((text) => multiaddr(text)),
    { loopback },
  ).denyDialMultiaddr?.(multiaddr(address))

test('dials its relay and nobody else', () => {
  expect(denies([secure], secure)).toBe(false)
  expect(denies([secure], '/dns4/relay.example/tcp/443/wss')).toBe(false)
  expect(denies([secure], '/dns4/other.example/tcp/443/wss')).toBe(true)
  expect(denies([secure], `${secure}/p2p-circuit/webrtc/p2p/${peer}`)).toBe(true)
  expect(denies([secure], '/ip4/10.0.0.1/tcp/80/ws')).toBe(true)
})

test('dials without TLS on this machine alone, and only where that is allowed', () => {
  expect(denies([local], local)).toBe(true)
  expect(denies([local], local, true)).toBe(false)
  expect(denies([plain], plain, true)).toBe(true)
})
