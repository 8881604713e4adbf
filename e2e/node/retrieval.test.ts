import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { recoverTypedDataAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Settings } from '../../shared/portal/server/options.ts'
import { createDialer, type Dialer } from '../../shared/portal/server/retrieve/node.ts'
import { retrieve } from '../../shared/portal/server/retrieve/retrieve.ts'
import { packCar } from '../../shared/portal/server/sealed-file.ts'
import { toBase64 } from '../../shared/protocol/base64.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { encodeFrame, frameReader, readOnlyFrame } from '../../shared/protocol/frames.ts'
import { type CidText, grantIdSchema } from '../../shared/protocol/ids.ts'
import {
  RETRIEVAL_PROTOCOL,
  type RetrievalProof,
  retrievalNonceSchema,
  retrievalTypedData,
} from '../../shared/protocol/sign-in.ts'
import { readCounters } from '../people/relay-counters.ts'
import { type Foundation, startFoundation } from '../stack/foundation.ts'
import { freePorts } from '../stack/ports.ts'
import { type BrowserNode, openBrowserNode } from './browser-node.ts'

const MiB = 1024 * 1024
const grant = grantIdSchema.parse(`0x${'ab'.repeat(32)}`)
const record = filled(3 * MiB + 123)

let dir: string
let foundation: Foundation
let node: BrowserNode
let dialer: Dialer
let settings: Settings
let cid: CidText
const clinic = privateKeyToAccount(generatePrivateKey())

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carekey-node-'))
  foundation = await startFoundation({ dir, ports: await freePorts() })
  node = await openBrowserNode(foundation)
  dialer = await newDialer()
  settings = { network: foundation.network, account: clinic } as Settings
  ;({ cid } = await node.call('node.put', { bytes: toBase64(record) }))
  await node.call('node.start', { relay: await node.relay.info() })
  await until(async () => (await node.call('node.state', {})).reserved)
}, 60_000)

afterAll(async () => {
  await dialer?.node.stop()
  await node?.stop()
  await foundation?.stop()
  await rm(dir, { recursive: true, force: true })
})

test('gives a file the CID that an organization gives it', async () => {
  for (const bytes of [record, filled(1), filled(MiB), filled(MiB + 1)]) {
    const here = await node.call('node.put', { bytes: toBase64(bytes) })
    expect(here.cid).toBe((await packCar(bytes)).cid)
    if (here.cid !== cid) await node.call('node.drop', { cid: here.cid })
  }
})

test('serves three megabytes over WebRTC, and not by way of the relay', async () => {
  const signedBy: string[] = []
  node.authorize = async (proof) => {
    signedBy.push(await signerOf(proof))
    return { ok: true }
  }
  const before = await readCounters(foundation.relayOrigin)
  expect(await fetchRecord()).toEqual(record)
  const between = await settledCounters()
  expect(await fetchRecord()).toEqual(record)
  const after = await readCounters(foundation.relayOrigin)

  expect(signedBy).toEqual([clinic.address, clinic.address])
  expect(after.gatewayBytes).toBe(before.gatewayBytes)
  // The first fetch had to find a way, by offer and answer; the second had one.
  expect(between.circuitBytes - before.circuitBytes).toBeLessThan(64 * 1024)
  expect(after.circuitBytes).toBe(between.circuitBytes)
  await until(() => node.served.length === 2)
  const carBytes = (await packCar(record)).car.length
  expect(node.served).toEqual([
    { grant, cid, bytes: carBytes },
    { grant, cid, bytes: carBytes },
  ])
  expect((await node.call('node.state', {})).servedBytes).toBe(2 * carBytes)
})

test('refuses with the reason that the patient’s side gives', async () => {
  node.authorize = () => ({ ok: false, reason: 'grant-revoked' })
  await expect(fetchRecord()).rejects.toMatchObject({ reason: 'grant-revoked' })
  node.authorize = () => Promise.reject(new CarekeyError('vault-locked', 'Locked.'))
  await expect(fetchRecord()).rejects.toMatchObject({ reason: 'internal' })
})

test('refuses a proof for another peer, a repeated one, a late one, and what is no proof', async () => {
  node.authorize = () => ({ ok: true })
  expect(await answerTo({ peer: String(dialer.node.peerId) })).toEqual({ ok: false, reason: 'forbidden' })
  expect(await answerTo({ nonce: `0x${'01'.repeat(32)}` })).toEqual({ ok: false, reason: 'request-replayed' })
  expect(await answerTo({ deadline: 1_700_000_000 })).toEqual({ ok: false, reason: 'deadline-passed' })
  expect(await answerTo({ deadline: 4_000_000_000 })).toEqual({ ok: false, reason: 'deadline-too-far' })
  expect(await answerTo({ more: 1 })).toEqual({ ok: false, reason: 'params-invalid' })
  expect(await answerTo({})).toEqual({ ok: true })
  const absent = await packCar(filled(100))
  await expect(fetchRecord({ cid: absent.cid })).rejects.toMatchObject({ reason: 'record-missing' })
})

test('serves nothing over a relayed connection', async () => {
  const { multiaddrs } = await node.relay.info()
  const { peerId } = await node.call('node.state', {})
  const stranger = await startStranger()
  try {
    const relayed = await stranger.dial(multiaddr(`${multiaddrs[0]}/p2p-circuit/p2p/${peerId}`))
    const stream = await relayed.newStream(RETRIEVAL_PROTOCOL, { runOnLimitedConnection: true })
    await expect(readOnlyFrame(stream)).rejects.toThrow()
    expect(stream.status).toBe('reset')
  } finally {
    await stranger.stop()
  }
})

test('finds its way 20 times out of 20', async () => {
  node.authorize = () => ({ ok: true })
  const bytes = filled(4096)
  const small = (await node.call('node.put', { bytes: toBase64(bytes) })).cid
  for (let attempt = 1; attempt <= 20; attempt++) {
    const fresh = await newDialer()
    try {
      expect(await fetchRecord({ cid: small, dialer: fresh })).toEqual(bytes)
    } finally {
      await fresh.node.stop()
    }
  }
}, 60_000)

test('ends a transfer that runs when the relay dies, and is reachable again within 30 seconds', async () => {
  node.authorize = () => ({ ok: true })
  const large = filled(12 * MiB)
  const stored = await node.call('node.put', { bytes: toBase64(large) })
  expect(await fetchRecord()).toEqual(record)
  const address = await addressOfNode()
  node.reservations.length = 0
  node.served.length = 0

  const running = fetchRecord({ cid: stored.cid, peer: address, maxBytes: 15 * MiB })
  await foundation.relay().kill()
  expect(node.served).toEqual([])
  expect(Buffer.compare(await running, large)).toBe(0)

  const start = Date.now()
  await foundation.restartRelay()
  await until(async () => (await node.call('node.state', {})).reserved, 30_000)
  const fresh = await newDialer()
  expect(await fetchRecord({ dialer: fresh })).toEqual(record)
  await fresh.node.stop()
  expect(Date.now() - start).toBeLessThan(30_000)
  expect(node.reservations.map(({ reserved }) => reserved)).toEqual([false, true])
}, 60_000)

const newDialer = async () => createDialer(await node.relay.info(), foundation.relayOrigin)

/** Dials whatever it likes, unlike a portal. */
const startStranger = () =>
  createLibp2p({
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
    connectionGater: { denyDialMultiaddr: () => false },
  })

async function fetchRecord(
  options: { cid?: CidText; dialer?: Dialer; peer?: string; maxBytes?: number } = {},
): Promise<Uint8Array> {
  const peer = options.peer ?? (await addressOfNode())
  const wish = { grant, cid: options.cid ?? cid, peer, maxBytes: options.maxBytes ?? 10 * MiB }
  return retrieve(options.dialer ?? dialer, settings, wish)
}

const signerOf = ({ signature, ...proof }: RetrievalProof) =>
  recoverTypedDataAddress({ ...retrievalTypedData(foundation.network, proof), signature })

/** What the node says to a proof with something about it changed. */
async function answerTo(change: Record<string, unknown>): Promise<unknown> {
  const peer = await addressOfNode()
  const stream = await dialer.node.dialProtocol(multiaddr(peer), RETRIEVAL_PROTOCOL)
  try {
    const { nonce } = retrievalNonceSchema.parse(await readOnlyFrame(stream))
    const deadline = Math.floor(Date.now() / 1_000) + 60
    const proof = {
      grant,
      cid,
      peer: peer.split('/p2p/').at(-1),
      nonce,
      deadline,
      signature: `0x${'11'.repeat(65)}`,
    }
    const answer = frameReader(stream).frame()
    stream.send(encodeFrame({ ...proof, ...change }))
    return await answer
  } finally {
    stream.abort(new Error('That was all.'))
  }
}

/** The way of signalling is closed a moment after the first bytes have come by the other. */
async function settledCounters() {
  for (;;) {
    const counters = await readCounters(foundation.relayOrigin)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const later = await readCounters(foundation.relayOrigin)
    if (later.circuitBytes === counters.circuitBytes) return later
  }
}

async function addressOfNode(): Promise<string> {
  const { multiaddrs } = await node.relay.info()
  const { peerId } = await node.call('node.state', {})
  return `${multiaddrs[0]}/p2p-circuit/webrtc/p2p/${peerId}`
}

function filled(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let offset = 0; offset < length; offset += 65_536)
    crypto.getRandomValues(bytes.subarray(offset, offset + 65_536))
  return bytes
}

async function until(condition: () => Promise<boolean> | boolean, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('What was waited for did not happen.')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
