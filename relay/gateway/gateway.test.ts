import { randomBytes } from 'node:crypto'
import * as dagPb from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeReinstate, encodeSuspend } from '../../shared/contracts/authority.ts'
import { encodeGrant, encodeRevocation } from '../../shared/contracts/calls.ts'
import { encodeSuspendPractitioner } from '../../shared/contracts/practitioners.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { registerTestMedic } from '../../shared/contracts/test-emergency.ts'
import { newPatient, signTestGrant, signTestRevocation } from '../../shared/contracts/test-ledger.ts'
import type { Grant } from '../../shared/protocol/grant.ts'
import { receiptsReplySchema } from '../../shared/protocol/relay-api.ts'
import { carOf, cidOf, nodeOver, randomCar, rawBlock } from '../testing/car.ts'
import type { Client } from '../testing/client.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { movableClock, type RelayHere, startRelayHere } from '../testing/relay-here.ts'

const minute = 60
const hour = 60 * minute

let net: TestNetwork
let relay: RelayHere
let owner: Client
let clinic: Client
const { clock, moveMs } = movableClock()

beforeAll(async () => {
  net = await startTestNetwork()
  relay = await startRelayHere(net, {}, clock)
  owner = await relay.newAccount()
  clinic = await relay.as(net.ledger.lindqvist)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

/** A pinned record and a pinned manifest, mapped to a grant that is on the ledger unless told otherwise. */
async function grantedRecord(changes: Partial<Grant> = {}, onLedger = true) {
  const { ledger } = net
  const patient = newPatient()
  const signed = await signTestGrant(ledger, patient, changes)
  const record = await randomCar(2, 50_000)
  const manifest = await randomCar(1, 1_000)
  await owner.pin(record)
  await owner.pin(manifest)
  if (onLedger) await submit(ledger.wallet, encodeGrant(ledger.deployed, signed))
  const mapping = { grant: signed.grant, manifest: manifest.root.toString(), cids: [record.root.toString()] }
  const mapped = await owner.call(`PUT /grants/${signed.id}`, mapping)
  expect(mapped.reason).toBe('204')
  const read = (client: Client, cid = record.root, format = 'car', method = 'GET') =>
    client.call(`${method} /ipfs/${cid}?format=${format}`, undefined, { 'carekey-grant': signed.id })
  return { patient, signed, record, manifest, mapping, read }
}

describe('reading under a grant', () => {
  it('serves record and manifest to the grantee, byte for byte, and writes receipts for the owner', async () => {
    const { record, manifest, signed, read } = await grantedRecord()
    const answer = await read(clinic)
    expect(answer.status).toBe(200)
    expect(Buffer.from(answer.bytes).equals(record.bytes)).toBe(true)
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(answer.headers.get('content-type')).toContain('application/vnd.ipld.car')
    expect((await read(clinic, manifest.root)).status).toBe(200)

    const { receipts } = (await owner.call('GET /receipts')).json(receiptsReplySchema)
    expect(receipts.filter((receipt) => receipt.grant === signed.id)).toHaveLength(2)
    expect(receipts.find((receipt) => receipt.cid === record.root.toString())).toMatchObject({
      organization: net.ledger.lindqvist.id,
      bytes: record.bytes.byteLength,
    })
    const others = (await clinic.call('GET /receipts')).json(receiptsReplySchema)
    expect(others.receipts).toEqual([])
  })

  it('serves nothing more once the practitioner who asked is suspended, and says so', async () => {
    const { ledger } = net
    const { id: practitioner } = await registerTestMedic({ ...ledger, stBrigid: ledger.lindqvist }, 'asker')
    const { signed, mapping, read } = await grantedRecord()
    expect((await owner.call(`PUT /grants/${signed.id}`, { ...mapping, practitioner })).reason).toBe('204')
    expect((await read(clinic)).status).toBe(200)
    await submit(ledger.wallet, encodeSuspendPractitioner(ledger.deployed, practitioner))
    expect((await read(clinic)).reason).toBe('practitioner-suspended')
    const { id: stranger } = await registerTestMedic(ledger, 'stranger')
    await owner.call(`PUT /grants/${signed.id}`, { ...mapping, practitioner: stranger })
    expect((await read(clinic)).reason).toBe('practitioner-unknown')
  })

  it('serves a single block under an opened root, and its head without a body', async () => {
    const { record, read } = await grantedRecord()
    const leaf = record.blocks[1]
    if (!leaf) throw new Error('no leaf')
    const raw = await read(clinic, leaf.cid, 'raw')
    expect(Buffer.from(raw.bytes).equals(leaf.bytes)).toBe(true)
    const head = await read(clinic, record.root, 'car', 'HEAD')
    expect([head.status, head.bytes.byteLength]).toEqual([200, 0])
    expect(Number(head.headers.get('content-length'))).toBe(record.bytes.byteLength)
  })

  it('refuses without a sign-in and with a token that is none', async () => {
    const { read } = await grantedRecord()
    expect((await read(relay.anonymous)).reason).toBe('sign-in-required')
    const answer = await relay.anonymous.call('GET /receipts', undefined, {
      authorization: `Bearer ${'a'.repeat(43)}`,
    })
    expect([answer.reason, answer.status]).toEqual(['token-invalid', 401])
  })

  it('refuses a grant that the relay was never told of', async () => {
    const { record } = await grantedRecord()
    const unknown = `0x${'12'.repeat(32)}`
    const answer = await clinic.call(`GET /ipfs/${record.root}?format=car`, undefined, {
      'carekey-grant': unknown,
    })
    expect([answer.reason, answer.status]).toEqual(['grant-unknown', 403])
    expect((await clinic.call(`GET /ipfs/${record.root}?format=car`)).reason).toBe('grant-unknown')
  })

  it('refuses a grant that is not on the ledger', async () => {
    const { read } = await grantedRecord({}, false)
    expect((await read(clinic)).reason).toBe('grant-unknown')
  })

  it('refuses another organization, and an account that is none', async () => {
    const { read } = await grantedRecord()
    expect((await read(await relay.as(net.ledger.stBrigid))).reason).toBe('grant-not-yours')
    expect((await read(await relay.newAccount())).reason).toBe('grant-not-yours')
  })

  it('refuses a file that the grant does not open', async () => {
    const first = await grantedRecord()
    const second = await grantedRecord()
    expect((await first.read(clinic, second.record.root)).reason).toBe('grant-scope')
    const child = second.record.blocks[1]
    if (!child) throw new Error('no leaf')
    expect((await first.read(clinic, child.cid, 'raw')).reason).toBe('grant-scope')
  })

  it('refuses a revoked grant in the block after, before and after its mapping is dropped', async () => {
    const { patient, signed, read } = await grantedRecord()
    expect((await read(clinic)).status).toBe(200)
    const { ledger } = net
    await submit(
      ledger.wallet,
      encodeRevocation(ledger.deployed, await signTestRevocation(ledger, patient, signed.id)),
    )
    expect((await read(clinic)).reason).toBe('grant-revoked')
    expect((await owner.call(`DELETE /grants/${signed.id}`)).status).toBe(204)
    expect((await read(clinic)).reason).toBe('grant-revoked')
  })

  it('opens nothing once its owner has dropped the mapping or the pin', async () => {
    const dropped = await grantedRecord()
    expect((await owner.call(`DELETE /grants/${dropped.signed.id}`)).status).toBe(204)
    expect((await dropped.read(clinic)).reason).toBe('grant-scope')

    const unpinned = await grantedRecord()
    const pins = await owner.call(`GET /pins?cid=${unpinned.record.root}`)
    const [requestid] = /"requestid":"([^"]+)"/.exec(new TextDecoder().decode(pins.bytes))?.slice(1) ?? []
    expect((await owner.call(`DELETE /pins/${requestid}`)).status).toBe(202)
    expect((await unpinned.read(clinic)).reason).toBe('grant-scope')
  })

  it('opens no file of others to who pins a leaf that reads as a list of its blocks', async () => {
    const { record } = await grantedRecord()
    const disguised = rawBlock(nodeOver(record.blocks.slice(0, 1)).bytes)
    const root = nodeOver([disguised])
    const stranger = await relay.newAccount()
    await stranger.pin(await carOf(root.cid, [root, disguised]))
    const asNode = cidOf(dagPb.code, disguised.bytes)
    const answer = await stranger.call(`GET /ipfs/${asNode}?format=car`)
    expect(answer.status).toBe(404)
    expect(Buffer.from(answer.bytes).includes(Buffer.from(record.blocks[1]?.bytes ?? []))).toBe(false)
  })

  it('refuses a grant that has not begun', async () => {
    const { startedAt } = net.ledger
    const { read } = await grantedRecord({ notBefore: startedAt + 2 * hour, notAfter: startedAt + 3 * hour })
    expect((await read(clinic)).reason).toBe('grant-not-started')
  })

  it('refuses a grant that has run out by its own clock, though the idle chain has not moved', async () => {
    const { startedAt } = net.ledger
    const { read } = await grantedRecord({ notAfter: startedAt + 10 * minute })
    expect((await read(clinic)).status).toBe(200)
    moveMs(20 * minute * 1_000)
    expect((await read(clinic)).reason).toBe('grant-expired')
    moveMs(-20 * minute * 1_000)
    expect((await read(clinic)).status).toBe(200)
  })

  it('refuses a suspended organization until it is reinstated', async () => {
    const { ledger } = net
    const { read } = await grantedRecord()
    await submit(ledger.wallet, encodeSuspend(ledger.deployed, ledger.lindqvist.id))
    expect((await read(clinic)).reason).toBe('organization-suspended')
    await submit(ledger.wallet, encodeReinstate(ledger.deployed, ledger.lindqvist.id))
    expect((await read(clinic)).status).toBe(200)
  })

  it('opens nothing while the ledger does not answer, but the owner still reads', async () => {
    const { record, mapping, signed } = await grantedRecord()
    const deaf = await startRelayHere(net, { network: { ...net.network, rpcUrl: 'http://127.0.0.1:1' } })
    try {
      const patient = await deaf.newAccount()
      await patient.pin(record)
      expect((await patient.call(`GET /ipfs/${record.root}?format=raw`)).status).toBe(200)
      const before = await deaf.as(net.ledger.lindqvist)
      const answer = await before.call(`GET /ipfs/${record.root}?format=car`, undefined, {
        'carekey-grant': signed.id,
      })
      expect([answer.reason, answer.status]).toEqual(['ledger-unreachable', 503])
      expect(mapping.cids).toHaveLength(1)
    } finally {
      await deaf.stop()
    }
  })
})

describe('mapping a grant', () => {
  it('refuses a grant with another id, and files that its owner has not pinned', async () => {
    const { signed, mapping } = await grantedRecord()
    const wrong = { ...mapping, grant: { ...mapping.grant, notAfter: mapping.grant.notAfter + 1 } }
    expect((await owner.call(`PUT /grants/${signed.id}`, wrong)).reason).toBe('params-invalid')
    const stranger = await relay.newAccount()
    expect((await stranger.call(`PUT /grants/${signed.id}`, mapping)).reason).toBe('record-missing')
    expect((await stranger.call(`DELETE /grants/${signed.id}`)).reason).toBe('not-found')
  })

  it("keeps the owner's mapping when a stranger maps pins of their own to the same grant", async () => {
    const { signed, mapping, read } = await grantedRecord()
    const stranger = await relay.newAccount()
    const theirs = await randomCar(1, 1_000)
    await stranger.pin(theirs)
    const cid = theirs.root.toString()
    expect(
      (await stranger.call(`PUT /grants/${signed.id}`, { ...mapping, manifest: cid, cids: [] })).status,
    ).toBe(204)
    expect((await read(clinic)).status).toBe(200)
    expect((await stranger.call(`DELETE /grants/${signed.id}`)).status).toBe(204)
    expect((await read(clinic)).status).toBe(200)
  })

  it('tells the grantee that no node of the patient is connected, and tells nobody else', async () => {
    const { signed } = await grantedRecord()
    const answer = await clinic.call(`GET /grants/${signed.id}/peer`)
    expect(new TextDecoder().decode(answer.bytes)).toBe('{"multiaddr":null}')
    const other = await relay.as(net.ledger.stBrigid)
    expect((await other.call(`GET /grants/${signed.id}/peer`)).reason).toBe('grant-not-yours')
  })
})

describe('the trustless gateway', () => {
  /** Three leaves of a file in UnixFS, as every record is stored. */
  async function file() {
    const leaves = [4_000, 4_000, 2_000].map((size) => rawBlock(randomBytes(size)))
    const unixfs = new UnixFS({
      type: 'file',
      blockSizes: leaves.map(({ bytes }) => BigInt(bytes.byteLength)),
    })
    const bytes = dagPb.encode(
      dagPb.prepare({
        Data: unixfs.marshal(),
        Links: leaves.map(({ cid, bytes: { byteLength: Tsize } }) => ({ Hash: cid, Tsize, Name: '' })),
      }),
    )
    const root = { cid: cidOf(dagPb.code, bytes), bytes }
    const car = await carOf(root.cid, [root, ...leaves])
    await owner.pin(car)
    const get = (query: string, headers: Record<string, string> = {}, method = 'GET') =>
      owner.call(`${method} /ipfs/${root.cid}?${query}`, undefined, headers)
    return { leaves, root, car, get }
  }

  it('gives any part of a block or of a CAR, and says when there is none', async () => {
    const { root, car, get } = await file()
    for (const [query, whole] of [
      ['format=raw', root.bytes],
      ['format=car', car.bytes],
    ] as const) {
      for (const [range, from, to] of [
        ['bytes=0-9', 0, 10],
        ['bytes=20-', 20, whole.byteLength],
        ['bytes=-5', whole.byteLength - 5, whole.byteLength],
      ] as const) {
        const part = await get(query, { range })
        expect(part.status).toBe(206)
        expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${whole.byteLength}`)
        expect(Buffer.from(part.bytes).equals(whole.subarray(from, to))).toBe(true)
      }
      expect((await get(query, { range: `bytes=${whole.byteLength}-` })).reason).toBe('range-not-satisfiable')
      expect((await get(query, { range: 'bytes=0-1,4-5' })).status).toBe(200)
    }
  })

  it('sends nothing again that the client has, and only the rest when it still fits', async () => {
    const { car, get } = await file()
    const first = await get('format=car')
    const etag = first.headers.get('etag') ?? ''
    const again = await get('format=car', { 'if-none-match': `"other", ${etag}` })
    expect([again.status, again.bytes.byteLength, again.headers.get('etag')]).toEqual([304, 0, etag])
    expect((await get('format=raw', { 'if-none-match': etag })).status).toBe(200)
    expect((await get('format=car', { range: 'bytes=10-', 'if-range': etag })).status).toBe(206)
    expect((await get('format=car', { range: 'bytes=10-', 'if-range': '"older"' })).status).toBe(200)
    const head = await get('format=car', {}, 'HEAD')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(car.bytes.byteLength)])
    expect(head.headers.get('accept-ranges')).toBe('bytes')
  })

  it('gives the blocks of a part of a file, of its entity, or the one block', async () => {
    const { leaves, root, car, get } = await file()
    const [first, second, third] = leaves
    if (!first || !second || !third) throw new Error('no leaves')
    const carWith = async (...blocks: Parameters<typeof carOf>[1]) =>
      Buffer.from((await carOf(root.cid, [root, ...blocks])).bytes)
    const got = async (query: string) => Buffer.from((await get(`format=car&${query}`)).bytes)
    expect((await got('entity-bytes=0:99')).equals(await carWith(first))).toBe(true)
    expect((await got('entity-bytes=3999:4000')).equals(await carWith(first, second))).toBe(true)
    expect((await got('entity-bytes=-1:*')).equals(await carWith(third))).toBe(true)
    expect((await got('entity-bytes=4000:*')).equals(await carWith(second, third))).toBe(true)
    expect((await got('dag-scope=entity')).equals(Buffer.from(car.bytes))).toBe(true)
    expect((await got('dag-scope=block')).equals(await carWith())).toBe(true)
    expect((await get('format=car&entity-bytes=5')).reason).toBe('params-invalid')
    expect((await get('format=car&dag-scope=half')).reason).toBe('params-invalid')
  })
})
