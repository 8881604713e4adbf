import { generateKeyPair } from '@libp2p/crypto/keys'
import { createIPNSRecord, marshalIPNSRecord } from 'ipns'
import { base36 } from 'multiformats/bases/base36'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Rates } from '../http/rate.ts'
import type { Exchange } from '../http/router.ts'
import { relayLimits } from '../limits.ts'
import { SqliteDatabase } from '../storage/sqlite.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { type RelayHere, startRelayHere } from '../testing/relay-here.ts'
import { Names, parseName } from './names.ts'
import { ipnsRoutes } from './routes.ts'

const hourMs = 60 * 60 * 1_000
const mediaType = 'application/vnd.ipfs.ipns-record'
const value = '/ipfs/bafkreia4mwjsambmnzc3bhwy7452xdmdr7rhi677uhqqlxqe2xuzelnwyq'

let net: TestNetwork
let relay: RelayHere
let dataDir: string

beforeAll(async () => {
  net = await startTestNetwork()
  dataDir = net.newDir()
  relay = await startRelayHere(net, { dataDir })
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

async function newName() {
  const key = await generateKeyPair('Ed25519')
  const name = key.publicKey.toCID().toString(base36)
  const record = async (sequence: number, lifetimeMs = hourMs) =>
    marshalIPNSRecord(await createIPNSRecord(key, value, sequence, lifetimeMs))
  const put = (bytes: Uint8Array, type = mediaType) =>
    relay.anonymous.call(`PUT /routing/v1/ipns/${name}`, bytes, { 'content-type': type })
  const get = () => relay.anonymous.call(`GET /routing/v1/ipns/${name}`)
  return { key, name, record, put, get }
}

describe('names', () => {
  it('takes in only so many new ones of one address, and goes on taking records of the old', async () => {
    const { burst } = relayLimits.rates.newName
    const known = await newName()
    const other = await newName()
    const rates = new Rates(Date.now)
    for (let count = 0; count < burst; count += 1) rates.take('newName', '127.0.0.1')
    const db = SqliteDatabase.open(':memory:')
    const names = new Names(db, Date.now)
    await names.put(parseName(known.name), await known.record(1))
    const put = ipnsRoutes({ names, rates })['PUT /routing/v1/ipns/:name']
    const offer = async ({ name, record }: typeof known) => {
      const bytes = await record(2)
      const params = { name }
      return put?.({
        address: '127.0.0.1',
        params,
        header: () => mediaType,
        bytes: async () => bytes,
      } as unknown as Exchange)
    }
    await expect(offer(known)).resolves.toMatchObject({ status: 200 })
    await expect(offer(other)).rejects.toMatchObject({ reason: 'rate-limited' })
    await db.close()
  })

  it('gives back the newest record, byte for byte, also after a restart', async () => {
    const { record, put, get } = await newName()
    expect((await get()).reason).toBe('not-found')
    expect((await put(await record(1))).status).toBe(200)
    const second = await record(2)
    expect((await put(second)).status).toBe(200)
    expect((await put(second)).status).toBe(200)
    await relay.stop()
    relay = await startRelayHere(net, { dataDir })
    const answer = await get()
    expect(answer.headers.get('content-type')).toBe(mediaType)
    expect(Buffer.from(answer.bytes).equals(second)).toBe(true)
  })

  it('refuses an older record, and one of the same sequence that does not last longer', async () => {
    const { record, put, get } = await newName()
    const current = await record(10, 2 * hourMs)
    await put(current)
    const stale = await put(await record(9, 9 * hourMs))
    expect([stale.reason, stale.status]).toEqual(['record-stale', 409])
    expect((await put(await record(10, hourMs))).reason).toBe('record-stale')
    expect(Buffer.from((await get()).bytes).equals(current)).toBe(true)
    expect((await put(await record(10, 3 * hourMs))).status).toBe(200)
  })

  it("refuses another key's record, a damaged one, an expired one, another type and what is no name", async () => {
    const mine = await newName()
    const theirs = await newName()
    const record = await mine.record(1)
    expect((await mine.put(await theirs.record(1))).reason).toMatch(/^(signature-wrong|params-invalid)$/)
    const damaged = Uint8Array.from(record)
    damaged[damaged.length - 5] = (damaged[damaged.length - 5] ?? 0) ^ 1
    expect((await mine.put(damaged)).status).toBeGreaterThanOrEqual(400)
    expect((await mine.put(damaged)).status).toBeLessThan(500)
    expect((await mine.put(await mine.record(1, -hourMs))).reason).toBe('params-invalid')
    expect((await mine.put(record, 'application/json')).reason).toBe('params-invalid')
    expect((await mine.put(new Uint8Array(20_000))).reason).toBe('message-too-large')
    expect((await relay.anonymous.call('GET /routing/v1/ipns/nobody')).reason).toBe('params-invalid')
    expect((await mine.get()).reason).toBe('not-found')
  })
})
