import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { newPatient } from '../../shared/contracts/test-ledger.ts'
import {
  pinStatusSchema,
  stagedSchema,
  uploadedSchema,
  voucherPostedSchema,
} from '../../shared/protocol/relay-api.ts'
import { relayLimits } from '../limits.ts'
import { carOf, cidOf, nodeOver, randomCar, rawBlock } from '../testing/car.ts'
import type { Client } from '../testing/client.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { movableClock, type RelayHere, signVoucher, startRelayHere } from '../testing/relay-here.ts'
import { blockFile } from '../testing/storage.ts'

const KiB = 1024
const MiB = 1024 * KiB
const listSchema = z.object({ count: z.int(), results: z.array(pinStatusSchema) })

let net: TestNetwork
let relay: RelayHere
let dir: string
const { clock, moveMs } = movableClock()

beforeAll(async () => {
  net = await startTestNetwork()
  dir = net.newDir()
  relay = await startRelayHere(net, { dataDir: dir }, clock)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

const pathOf = (cid: CID): string => blockFile(dir, cid)
const addPin = async (client: Client, cid: CID | string, replaces?: string) =>
  (
    await client.call(replaces === undefined ? 'POST /pins' : `POST /pins/${replaces}`, {
      cid: cid.toString(),
    })
  ).json(pinStatusSchema)
const statusOf = async (client: Client, requestid: string) =>
  (await client.call(`GET /pins/${requestid}`)).json(pinStatusSchema).status
const readRaw = (client: Client, cid: CID) => client.call(`GET /ipfs/${cid}?format=raw`)

describe('pinning', () => {
  it('is pinned once every block is on the disk, and each pin of a CID has its own id', async () => {
    const client = await relay.newAccount()
    const car = await randomCar(3, 10_000)
    const first = await client.pin(car)
    const second = await addPin(client, car.root)
    expect(second.status).toBe('pinned')
    expect(second.requestid).not.toBe(first)
    for (const { cid, bytes } of car.blocks) expect(readFileSync(pathOf(cid)).equals(bytes)).toBe(true)
    expect((await client.call(`DELETE /pins/${first}`)).status).toBe(202)
    expect((await client.call(`GET /pins/${first}`)).reason).toBe('not-found')
    expect((await readRaw(client, car.root)).status).toBe(200)
  })

  it('waits for blocks that are not there, is pinned when they come, and fails when they do not', async () => {
    const client = await relay.newAccount()
    const car = await randomCar(2, 10_000)
    const pin = await addPin(client, car.root)
    expect(pin.status).toBe('queued')
    expect((await client.call('POST /blocks', car.bytes)).status).toBe(201)
    await expect.poll(() => statusOf(client, pin.requestid)).toBe('pinned')

    const never = await addPin(client, (await randomCar(1, 100)).root)
    moveMs(relayLimits.pinWaitMs + 1)
    await relay.tidy()
    moveMs(-relayLimits.pinWaitMs - 1)
    expect(await statusOf(client, never.requestid)).toBe('failed')
  })

  it('does not pin a block for an account that has not delivered it, so that nobody reads by knowing a CID', async () => {
    const owner = await relay.newAccount()
    const thief = await relay.newAccount()
    const car = await randomCar(1, 10_000)
    await owner.pin(car)
    const pin = await addPin(thief, car.root)
    expect(pin.status).toBe('queued')
    expect((await readRaw(thief, car.root)).status).toBe(403)
  })

  it("hides an account's pins from every other", async () => {
    const owner = await relay.newAccount()
    const other = await relay.newAccount()
    const requestid = await owner.pin(await randomCar(1, 100))
    expect((await other.call(`GET /pins/${requestid}`)).status).toBe(404)
    expect((await other.call(`DELETE /pins/${requestid}`)).status).toBe(404)
    expect(
      (await other.call(`POST /pins/${requestid}`, { cid: (await randomCar(1, 10)).root.toString() })).status,
    ).toBe(404)
    expect((await other.call('GET /pins')).json(listSchema).count).toBe(0)
    expect((await relay.anonymous.call(`GET /pins/${requestid}`)).reason).toBe('sign-in-required')
    expect(await statusOf(owner, requestid)).toBe('pinned')
  })

  it('replaces a pin, keeps shared blocks, and frees the others', async () => {
    const account = newPatient()
    const client = await relay.anonymous.signedIn(account)
    const shared = rawBlock(randomBytes(5_000))
    const old = rawBlock(randomBytes(5_000))
    const next = rawBlock(randomBytes(5_000))
    const [before, after] = [nodeOver([shared, old]), nodeOver([shared, next])]
    const requestid = await client.pin(await carOf(before.cid, [before, shared, old]))
    expect(
      (await client.call('POST /blocks', (await carOf(after.cid, [after, shared, next])).bytes)).status,
    ).toBe(201)
    const replacement = await addPin(client, after.cid, requestid)
    expect(replacement.status).toBe('pinned')
    expect((await client.call(`GET /pins/${requestid}`)).status).toBe(404)
    expect((await readRaw(client, shared.cid)).status).toBe(200)
    expect((await readRaw(client, old.cid)).status).toBe(403)

    moveMs(relayLimits.collectorGraceMs + 1)
    await relay.tidy()
    moveMs(-relayLimits.collectorGraceMs - 1)
    expect(() => statSync(pathOf(old.cid))).toThrow('ENOENT')
    expect((await readRaw(await relay.anonymous.signedIn(account), shared.cid)).status).toBe(200)
  })

  it('refuses DAGs that it cannot keep, in words', async () => {
    const client = await relay.newAccount()
    const cbor = cidOf(0x71, Uint8Array.of(0xa0))
    await client.call('POST /blocks', (await carOf(cbor, [{ cid: cbor, bytes: Uint8Array.of(0xa0) }])).bytes)
    const pin = (await client.call('POST /pins', { cid: cbor.toString() })).json(pinStatusSchema)
    expect([pin.status, pin.info?.status_details]).toEqual([
      'failed',
      'Only raw and dag-pb blocks are kept here.',
    ])

    let deep = rawBlock(randomBytes(10))
    const blocks = [deep]
    for (let depth = 0; depth <= relayLimits.dagDepthMax; depth += 1) {
      deep = nodeOver([deep])
      blocks.unshift(deep)
    }
    await client.call('POST /blocks', (await carOf(deep.cid, blocks)).bytes)
    expect((await addPin(client, deep.cid)).status).toBe('failed')
  })

  it('lists by name, status, time and meta', async () => {
    const client = await relay.newAccount()
    for (const name of ['Alpha', 'alphabet', 'beta']) {
      await client.call('POST /pins', {
        cid: (await randomCar(1, 10)).root.toString(),
        name,
        meta: { app: name },
      })
    }
    const count = async (query: string) => (await client.call(`GET /pins?${query}`)).json(listSchema).count
    // A pin need not have a name; none matches then.
    await addPin(client, (await randomCar(1, 10)).root)
    expect(await count('')).toBe(0)
    expect(await count('status=queued,pinning,pinned,failed')).toBe(4)
    expect(await count('name=Alpha')).toBe(1)
    expect(await count('name=alpha&match=iexact')).toBe(1)
    expect(await count('name=lpha&match=partial')).toBe(2)
    expect(await count('name=ALPHA&match=ipartial')).toBe(2)
    expect(await count(`meta=${encodeURIComponent('{"app":"beta"}')}`)).toBe(1)
    const page = (await client.call('GET /pins?status=queued&limit=1')).json(listSchema)
    expect([page.count, page.results.length]).toEqual([4, 1])
    expect(await count(`status=queued&before=${page.results[0]?.created}`)).toBe(3)
    for (const bad of ['limit=0', 'limit=1001', 'status=lost', 'meta=x', 'before=yesterday', 'cid=x']) {
      expect((await client.call(`GET /pins?${bad}`)).reason, bad).toBe('params-invalid')
    }
  })
})

describe('space', () => {
  it('stops at the quota to the byte when many upload at once, and a voucher lifts it', async () => {
    const client = await relay.newAccount()
    const cars = await Promise.all(Array.from({ length: 24 }, () => randomCar(1, MiB)))
    const answers = await Promise.all(cars.map((car) => client.call('POST /blocks', car.bytes)))
    const taken = answers.filter((answer) => answer.status === 201)
    expect(new Set(answers.map((answer) => answer.reason))).toEqual(new Set(['201', 'quota-exceeded']))
    const bytes = taken.reduce((sum, answer) => sum + answer.json(uploadedSchema).bytes, 0)
    expect(bytes).toBeLessThanOrEqual(relayLimits.quotaUnsponsoredBytes)
    expect(bytes).toBeGreaterThan(relayLimits.quotaUnsponsoredBytes - 2 * MiB)

    const patient = newPatient().address
    const voucher = await signVoucher(net.ledger, net.ledger.stBrigid, patient)
    const forged = { ...voucher, patient: newPatient().address }
    expect((await client.call('POST /vouchers', forged)).reason).toBe('signature-wrong')
    const lifted = await client.call('POST /vouchers', voucher)
    expect(lifted.json(voucherPostedSchema).quotaBytes).toBe(relayLimits.quotaVouchedBytes)
    const again = cars.find((_, index) => answers[index]?.status !== 201)
    expect((await client.call('POST /blocks', again?.bytes)).status).toBe(201)

    const stale = await signVoucher(net.ledger, net.ledger.stBrigid, patient, net.ledger.startedAt - 60)
    expect((await client.call('POST /vouchers', stale)).reason).toBe('deadline-passed')
  })

  it('gives space back when a pin is removed, when an upload breaks off, and when no pin follows it', async () => {
    const client = await relay.newAccount()
    const upload = async (car: { bytes: Uint8Array }) => (await client.call('POST /blocks', car.bytes)).reason
    const [first, second, third] = [
      await randomCar(12, MiB),
      await randomCar(12, MiB),
      await randomCar(12, MiB),
    ]
    const requestid = await client.pin(first)
    expect(await upload(second)).toBe('quota-exceeded')
    await client.call(`DELETE /pins/${requestid}`)
    expect(await upload({ bytes: second.bytes.subarray(0, -10) })).toBe('params-invalid')
    expect(await upload(second)).toBe('201')
    expect(await upload(third)).toBe('quota-exceeded')
    moveMs(relayLimits.unpinnedTtlMs + 1)
    await relay.tidy()
    moveMs(-relayLimits.unpinnedTtlMs - 1)
    expect(await upload(third)).toBe('201')
  })

  it('refuses what is no CAR, has a wrong hash, or too large a block', async () => {
    const client = await relay.newAccount()
    expect((await client.call('POST /blocks', randomBytes(1_000))).reason).toBe('params-invalid')
    const good = rawBlock(randomBytes(100))
    const forged = await carOf(good.cid, [{ cid: good.cid, bytes: randomBytes(100) }])
    expect((await client.call('POST /blocks', forged.bytes)).reason).toBe('record-hash-wrong')
    const large = rawBlock(randomBytes(relayLimits.blockMaxBytes + 1))
    expect((await client.call('POST /blocks', (await carOf(large.cid, [large])).bytes)).reason).toBe(
      'record-too-large',
    )
  })
})

describe('a damaged block', () => {
  it.each(['torn', 'emptied', 'flipped'])(
    'is never served when %s, and heals when it is uploaded again',
    async (damage) => {
      const client = await relay.newAccount()
      const car = await randomCar(1, 10_000)
      await client.pin(car)
      const leaf = car.blocks[1]
      if (!leaf) throw new Error('no leaf')
      const path = pathOf(leaf.cid)
      if (damage === 'torn') truncateSync(path, 5_000)
      if (damage === 'emptied') truncateSync(path, 0)
      if (damage === 'flipped')
        writeFileSync(path, Buffer.from(leaf.bytes).fill(leaf.bytes[0] === 0 ? 1 : 0, 0, 1))

      const raw = await readRaw(client, leaf.cid)
      expect([raw.reason, raw.status]).toEqual(['record-damaged', 422])
      // Sent before the damage was met, so the connection breaks: a part never passes for the whole.
      await expect(client.call(`GET /ipfs/${car.root}?format=car`)).rejects.toThrow()
      expect((await client.call('POST /blocks', car.bytes)).status).toBe(201)
      expect(Buffer.from((await readRaw(client, leaf.cid)).bytes).equals(leaf.bytes)).toBe(true)
    },
  )
})

describe('staging', () => {
  it('keeps a deposit for the pseudonym it is for and for nobody else, until it is taken', async () => {
    const patient = newPatient()
    const hospital = await relay.as(net.ledger.stBrigid)
    const car = await randomCar(2, 20_000)
    const answer = await hospital.call(`POST /staging/${patient.address}`, car.bytes)
    const staged = answer.json(stagedSchema)
    expect([answer.status, staged.cid]).toEqual([201, car.root.toString()])
    expect(staged.expiresAt - Math.floor(Date.now() / 1_000)).toBeGreaterThan(47 * 60 * 60)

    const taker = await relay.anonymous.signedIn(patient)
    const got = await taker.call(`GET /staging/${car.root}`)
    expect(Buffer.from(got.bytes).equals(car.bytes)).toBe(true)
    expect((await hospital.call(`GET /staging/${car.root}`)).status).toBe(200)
    const other = await relay.as(net.ledger.lindqvist)
    expect((await other.call(`GET /staging/${car.root}`)).reason).toBe('not-found')
    expect((await other.call(`DELETE /staging/${car.root}`)).reason).toBe('not-found')
    expect((await taker.call(`DELETE /staging/${car.root}`)).status).toBe(204)
    expect((await taker.call(`GET /staging/${car.root}`)).reason).toBe('not-found')
  })

  it('is open to accredited organizations only, and to whole DAGs', async () => {
    const car = await randomCar(2, 1_000)
    const path = `POST /staging/${newPatient().address}`
    expect((await (await relay.newAccount()).call(path, car.bytes)).reason).toBe('organization-unknown')
    const hospital = await relay.as(net.ledger.stBrigid)
    const partial = await carOf(car.root, car.blocks.slice(0, 2))
    expect((await hospital.call(path, partial.bytes)).reason).toBe('record-damaged')
    expect((await hospital.call('POST /staging/nobody', car.bytes)).reason).toBe('params-invalid')
  })

  it('goes by itself after two days, unless its taker has pinned it', async () => {
    const [left, kept] = [newPatient(), newPatient()]
    const hospital = await relay.as(net.ledger.stBrigid)
    const [first, second] = [await randomCar(1, 1_000), await randomCar(1, 1_000)]
    await hospital.call(`POST /staging/${left.address}`, first.bytes)
    await hospital.call(`POST /staging/${kept.address}`, second.bytes)
    const keeper = await relay.anonymous.signedIn(kept)
    const pin = await addPin(keeper, second.root)
    expect(pin.status).toBe('pinned')

    moveMs(relayLimits.stagingTtlMs + 1)
    await relay.tidy()
    await relay.tidy()
    moveMs(-relayLimits.stagingTtlMs - 1)
    const taker = await relay.anonymous.signedIn(left)
    expect((await taker.call(`GET /staging/${first.root}`)).reason).toBe('not-found')
    expect(() => statSync(pathOf(first.root))).toThrow('ENOENT')
    expect((await readRaw(await relay.anonymous.signedIn(kept), second.root)).status).toBe(200)
  })
})

describe('uploads of strangers', () => {
  it('are counted by their address, however many accounts they have', async () => {
    const nowMs = Date.now()
    const still = await startRelayHere(net, {}, () => nowMs)
    try {
      const { burst } = relayLimits.rates.unvouchedUpload
      const accounts = Math.ceil((burst + 1) / relayLimits.rates.upload.burst)
      const reasons: string[] = []
      for (let account = 0; account < accounts; account += 1) {
        const client = await still.newAccount()
        for (let sent = 0; sent < burst / (accounts - 1) && reasons.length <= burst; sent += 1) {
          reasons.push((await client.call('POST /blocks', new Uint8Array(1))).reason)
        }
      }
      expect(reasons.indexOf('rate-limited')).toBe(burst)
      const hospital = await still.as(net.ledger.stBrigid)
      expect((await hospital.call('POST /blocks', new Uint8Array(1))).reason).toBe('params-invalid')
    } finally {
      await still.stop()
    }
  })
})
