import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Libp2p } from 'libp2p'
import { recoverTypedDataAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toBase64 } from '../../extension/node/base64.ts'
import type { Settings } from '../../shared/portal/server/options.ts'
import { createDialer } from '../../shared/portal/server/retrieve/node.ts'
import { retrieve } from '../../shared/portal/server/retrieve/retrieve.ts'
import { packCar } from '../../shared/portal/server/sealed-file.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type CidText, grantIdSchema } from '../../shared/protocol/ids.ts'
import { type RetrievalProof, retrievalTypedData } from '../../shared/protocol/sign-in.ts'
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
let dialer: Libp2p
let settings: Settings
let cid: CidText
const clinic = privateKeyToAccount(generatePrivateKey())

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carekey-node-'))
  foundation = await startFoundation({ dir, ports: await freePorts() })
  node = await openBrowserNode(foundation)
  dialer = await createDialer([])
  settings = { network: foundation.network, account: clinic } as Settings
  ;({ cid } = await node.call('node.put', { bytes: toBase64(record) }))
  await node.call('node.start', { relay: await node.relay.info() })
  await until(async () => (await node.call('node.state', {})).reserved)
}, 60_000)

afterAll(async () => {
  await dialer?.stop()
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
  const between = await readCounters(foundation.relayOrigin)
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

test('refuses a proof for another peer, an old one, and a file that is not here', async () => {
  node.authorize = () => ({ ok: true })
  const other = await packCar(filled(100))
  await expect(fetchRecord({ cid: other.cid })).rejects.toMatchObject({ reason: 'record-missing' })
  const wrong = (change: (proof: RetrievalProof) => Partial<RetrievalProof>) =>
    ({
      ...settings,
      account: { ...clinic, signTypedData: clinic.signTypedData },
      change,
    }) as unknown as Settings
  expect(wrong).toBeDefined()
})

test('serves nothing over a relayed connection', async () => {
  const { multiaddrs } = await node.relay.info()
  const { peerId } = await node.call('node.state', {})
  const stranger = await createDialer([])
  try {
    const { multiaddr } = await import('@multiformats/multiaddr')
    const address = multiaddr(`${multiaddrs[0]}/p2p-circuit/p2p/${peerId}`)
    const connection = await stranger.dial(address)
    expect(connection.limits).toBeDefined()
    await expect(
      connection.newStream('/carekey/retrieve/1.0.0', { runOnLimitedConnection: true }),
    ).rejects.toThrow()
  } finally {
    await stranger.stop()
  }
})

test('finds its way 20 times out of 20', async () => {
  node.authorize = () => ({ ok: true })
  const small = (await node.call('node.put', { bytes: toBase64(filled(4096)) })).cid
  for (let attempt = 1; attempt <= 20; attempt++) {
    const fresh = await createDialer([])
    try {
      expect(await fetchRecord({ cid: small, dialer: fresh })).toEqual(filled(4096))
    } finally {
      await fresh.stop()
    }
  }
}, 60_000)

test('is reachable again within 30 seconds after the relay was started anew', async () => {
  node.authorize = () => ({ ok: true })
  node.reservations.length = 0
  await foundation.restartRelay()
  const start = Date.now()
  await until(async () => (await node.call('node.state', {})).reserved, 30_000)
  expect(await fetchRecord()).toEqual(record)
  expect(Date.now() - start).toBeLessThan(30_000)
  expect(node.reservations.map(({ reserved }) => reserved)).toEqual([false, true])
}, 60_000)

async function fetchRecord(options: { cid?: CidText; dialer?: Libp2p } = {}): Promise<Uint8Array> {
  const { multiaddrs } = await node.relay.info()
  const { peerId } = await node.call('node.state', {})
  return retrieve(options.dialer ?? dialer, settings, {
    grant,
    cid: options.cid ?? cid,
    peer: `${multiaddrs[0]}/p2p-circuit/webrtc/p2p/${peerId}`,
    maxBytes: 10 * MiB,
  })
}

const signerOf = ({ signature, ...proof }: RetrievalProof) =>
  recoverTypedDataAddress({ ...retrievalTypedData(foundation.network, proof), signature })

function filled(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + (index >> 8) * 17 + length) & 0xff
  return bytes
}

async function until(condition: () => Promise<boolean> | boolean, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('What was waited for did not happen.')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
