import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodeGrant } from '../../shared/contracts/calls.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { newPatient, signTestGrant } from '../../shared/contracts/test-ledger.ts'
import { grantPeerSchema, relayInfoSchema } from '../../shared/protocol/relay-api.ts'
import { randomCar } from '../testing/car.ts'
import type { Client } from '../testing/client.ts'
import { freePort } from '../testing/free-port.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { type RelayHere, startRelayHere } from '../testing/relay-here.ts'

const echo = '/test/echo/1.0.0'

let net: TestNetwork
let relay: RelayHere
let place: { dataDir: string; wsPort: number }
const nodes: Libp2p[] = []

beforeAll(async () => {
  net = await startTestNetwork()
  place = { dataDir: net.newDir(), wsPort: await freePort() }
  relay = await startRelayHere(net, place)
})
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

/** Not started yet: it reserves when it starts, unless told not to. */
async function newNode(reserves = true): Promise<Libp2p> {
  const node = await createLibp2p({
    start: false,
    addresses: { listen: reserves ? [`${await relayAddress()}/p2p-circuit`] : [] },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() },
  })
  nodes.push(node)
  return node
}
const relayAddress = async () => {
  const [address] = (await relay.anonymous.call('GET /info')).json(relayInfoSchema).multiaddrs
  if (address === undefined) throw new Error('no address')
  return address
}
const register = async (node: Libp2p, client = relay.newAccount()) => {
  const answer = await (await client).call('PUT /circuit/peer', { peerId: node.peerId.toString() })
  expect(answer.status).toBe(204)
}
const metric = async (name: string): Promise<number> => {
  const text = new TextDecoder().decode((await relay.anonymous.call('GET /metrics')).bytes)
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1])
}

describe('the circuit relay', () => {
  it('gives a reservation to a registered peer, and none to a stranger', async () => {
    const stranger = await newNode()
    await expect(stranger.start()).rejects.toThrow()
    expect(await metric('carekey_circuit_reservations')).toBe(0)
    const member = await newNode()
    await register(member)
    await member.start()
    expect(await metric('carekey_circuit_reservations')).toBe(1)
    expect(member.getMultiaddrs().map(String)).toEqual([
      `${await relayAddress()}/p2p-circuit/p2p/${member.peerId}`,
    ])
  })

  it('lets a departed peer go at once, so that it can come back', async () => {
    const member = await newNode()
    await register(member)
    await member.start()
    await member.stop()
    await expect.poll(() => metric('carekey_circuit_reservations')).toBe(0)
  })

  it('joins two peers, counts what crosses, and stops at its limit', async () => {
    const member = await newNode()
    await register(member)
    await member.start()
    await member.handle(
      echo,
      (stream) => {
        stream.addEventListener('message', ({ data }) => stream.send(data.subarray(0, 4)))
      },
      { runOnLimitedConnection: true },
    )
    const caller = await newNode(false)
    await caller.start()
    const before = await metric('carekey_circuit_bytes_total')
    const address = multiaddr(`${await relayAddress()}/p2p-circuit/p2p/${member.peerId}`)
    const stream = await caller.dialProtocol(address, echo, { runOnLimitedConnection: true })
    stream.send(new Uint8Array(20_000))
    await expect.poll(() => metric('carekey_circuit_bytes_total')).toBeGreaterThan(before + 20_000)
    expect(await metric('carekey_circuit_bytes_total')).toBeLessThan(before + 40_000)

    const closed = new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
    for (let sent = 0; sent < 40; sent += 1) if (stream.status === 'open') stream.send(new Uint8Array(10_000))
    await closed
    expect(await metric('carekey_circuit_bytes_total')).toBeLessThan(before + 300_000)
  })

  it('tells a grantee where the patient can be reached, for as long as that holds', async () => {
    const { ledger } = net
    const owner = await relay.newAccount()
    const signed = await signTestGrant(ledger, newPatient())
    await submit(ledger.wallet, encodeGrant(ledger.deployed, signed))
    const manifest = await randomCar(1, 100)
    await owner.pin(manifest)
    const mapping = { grant: signed.grant, manifest: manifest.root.toString(), cids: [] }
    await owner.call(`PUT /grants/${signed.id}`, mapping)
    const clinic = await relay.as(ledger.lindqvist)
    const ask = async () =>
      (await clinic.call(`GET /grants/${signed.id}/peer`)).json(grantPeerSchema).multiaddr
    expect(await ask()).toBeNull()

    const node = await newNode()
    await register(node, Promise.resolve(owner))
    await node.start()
    expect(await ask()).toBe(`${await relayAddress()}/p2p-circuit/webrtc/p2p/${node.peerId}`)
    expect((await owner.call(`DELETE /grants/${signed.id}`)).status).toBe(204)
    expect(await ask()).toBeNull()
    await owner.call(`PUT /grants/${signed.id}`, mapping)
    expect(await ask()).not.toBeNull()
    await node.stop()
    await expect.poll(ask).toBeNull()
  })

  it('lets no account take the live peer of another, until its owner lets it go', async () => {
    const [owner, other] = [await relay.newAccount(), await relay.newAccount()]
    const peerId = (await newNode()).peerId.toString()
    const claim = (client: Client) => client.call('PUT /circuit/peer', { peerId })
    const release = (client: Client) => client.call(`DELETE /circuit/peer/${peerId}`)
    expect((await claim(owner)).status).toBe(204)
    expect(await claim(other)).toMatchObject({ status: 403, reason: 'forbidden' })
    expect((await release(other)).reason).toBe('not-found')
    expect((await claim(owner)).status).toBe(204)
    expect((await release(owner)).status).toBe(204)
    expect((await claim(other)).status).toBe(204)
    expect((await claim(owner)).reason).toBe('forbidden')
  })

  it('has the same peer id after a restart, and takes registered peers without asking them to register again', async () => {
    const member = await newNode()
    await register(member)
    const before = await relayAddress()
    await relay.stop()
    relay = await startRelayHere(net, place)
    expect(await relayAddress()).toBe(before)
    await member.start()
    expect(await metric('carekey_circuit_reservations')).toBe(1)
  })

  it('refuses what is no peer id, and whoever has not signed in', async () => {
    const client = await relay.newAccount()
    expect((await client.call('PUT /circuit/peer', { peerId: 'not-a-peer-id' })).reason).toBe(
      'params-invalid',
    )
    const peerId = (await newNode()).peerId.toString()
    expect((await relay.anonymous.call('PUT /circuit/peer', { peerId })).reason).toBe('sign-in-required')
  })
})
