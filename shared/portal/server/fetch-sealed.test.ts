import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CarekeyError } from '../../protocol/errors.ts'
import { cidSchema, grantIdSchema } from '../../protocol/ids.ts'
import type { RelayInfo } from '../../protocol/relay-api.ts'
import { createFetcher } from './fetch-sealed.ts'
import type { Settings } from './options.ts'
import type { Relay } from './relay.ts'

const relayPeer = '12D3KooWRm8J3iL796zPFi2EtGGtUJn58AG67gcRzQ4FENEemvpg'
const patientPeer = '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X'
const origin = 'http://127.0.0.1:8787'

let inner: Server
let port: number
let knocks = 0

// Something else in the portal's network, which a relay must not be able to have called.
beforeAll(async () => {
  inner = createServer((socket) => {
    knocks += 1
    socket.destroy()
  }).listen(0, '0.0.0.0')
  await once(inner, 'listening')
  const address = inner.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(() => inner?.close())

/** What comes of a fetch when the relay announces these addresses and names this one for the patient. */
async function fetchBy(announced: () => string[], peer: string) {
  const relay = {
    info: async () => ({ multiaddrs: announced(), iceServers: [] }) as unknown as RelayInfo,
    peerOf: async () => peer,
  } as unknown as Relay
  const fetcher = createFetcher({ relay: origin, transport: 'webrtc' } as unknown as Settings, relay)
  const cid = cidSchema.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
  const grant = grantIdSchema.parse(`0x${'11'.repeat(32)}`)
  knocks = 0
  const failure: unknown = await fetcher.fetchSealed({ grant, cid }).catch((error: unknown) => error)
  await fetcher.stop()
  return { reason: failure instanceof CarekeyError ? failure.reason : failure, knocks }
}

describe('a relay that names addresses of its choice', () => {
  const own = `/ip4/127.0.0.1/tcp/1/ws/p2p/${relayPeer}`
  const at = (host: string) => `/ip4/${host}/tcp/${port}/ws/p2p/${relayPeer}`
  const through = (relay: string) => `${relay}/p2p-circuit/webrtc/p2p/${patientPeer}`

  it.each([
    ['another than it announces', () => [own], () => through(at('127.0.0.1'))],
    ['one without a circuit', () => [own], () => at('127.0.0.1')],
    ['a relayed one', () => [at('127.0.0.1')], () => through(at('127.0.0.1')).replace('/webrtc', '')],
    ['one on another host', () => [at('127.0.0.2')], () => through(at('127.0.0.2'))],
    [
      'a circuit behind a circuit',
      () => [`${at('127.0.0.1')}/p2p-circuit/p2p/${relayPeer}`],
      () => through(`${at('127.0.0.1')}/p2p-circuit/p2p/${relayPeer}`),
    ],
  ])('has nobody called: %s', { timeout: 30_000 }, async (_what, announced, peer) => {
    expect(await fetchBy(announced, peer())).toEqual({ reason: 'relay-unreachable', knocks: 0 })
  })

  it('is itself called at the address that it announces', { timeout: 30_000 }, async () => {
    const { reason, knocks } = await fetchBy(() => [at('127.0.0.1')], through(at('127.0.0.1')))
    expect(reason).toBe('relay-unreachable')
    expect(knocks).toBeGreaterThan(0)
  })

  it('is followed when it has moved', { timeout: 30_000 }, async () => {
    const announced = [[own], [at('127.0.0.1')]]
    const { reason, knocks } = await fetchBy(() => announced.shift() ?? [], through(at('127.0.0.1')))
    expect(reason).toBe('relay-unreachable')
    expect(knocks).toBeGreaterThan(0)
  })
})
