import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPatient, type TestOrganization } from '../../shared/contracts/test-ledger.ts'
import { addressSchema } from '../../shared/protocol/ids.ts'
import { limits } from '../../shared/protocol/limits.ts'
import { inboxReplySchema } from '../../shared/protocol/relay-api.ts'
import { relayLimits } from '../limits.ts'
import type { Client } from '../testing/client.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { movableClock, type RelayHere, signVoucher, startRelayHere } from '../testing/relay-here.ts'
import { storageAt } from '../testing/storage.ts'

let net: TestNetwork
let relay: RelayHere
let dataDir: string
const { clock, moveMs } = movableClock()

beforeAll(async () => {
  net = await startTestNetwork()
  dataDir = net.newDir()
  relay = await startRelayHere(net, { dataDir }, clock)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

const waiting = async (client: Client) => (await client.call('GET /inbox')).json(inboxReplySchema).messages
const vouchFor = async (organization: TestOrganization, patient: `0x${string}`) => {
  const account = await relay.newAccount()
  const answer = await account.call('POST /vouchers', await signVoucher(net.ledger, organization, patient))
  expect(answer.status).toBe(201)
}
/** Up to that many messages of strangers, as if they had come over a long time. */
const fill = async (recipient: string, upTo: number) => {
  const { db } = await storageAt(dataDir)
  const box = addressSchema.parse(recipient)
  await db.transaction(async () => {
    const waiting = await db.one<{ count: number }>(
      'SELECT count(*) AS count FROM inbox WHERE recipient = ?',
      box,
    )
    for (let count = waiting?.count ?? 0; count < upTo; count += 1) {
      const id = randomBytes(16).toString('hex')
      const expiresMs = clock() + relayLimits.inboxTtlMs
      await db.run(
        'INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?)',
        id,
        box,
        id,
        0,
        expiresMs,
        new Uint8Array(1),
      )
    }
  })
  await db.close()
}
const leave = (from: Client, account: string, bytes: Uint8Array = randomBytes(100)) =>
  from.call(`POST /inbox/${account}`, bytes)

describe('the inbox', () => {
  it('carries sealed messages between an organization and a patient, oldest first, until they are acknowledged', async () => {
    const patient = newPatient()
    const hospital = await relay.as(net.ledger.stBrigid)
    const [first, second] = [randomBytes(50), randomBytes(60)]
    expect((await leave(hospital, patient.address, first)).status).toBe(201)
    expect((await leave(hospital, patient.address, second)).status).toBe(201)
    const reader = await relay.anonymous.signedIn(patient)
    const messages = await waiting(reader)
    expect(messages.map((message) => message.sealed)).toEqual(
      [first, second].map((bytes) => bytes.toString('base64')),
    )
    expect(messages[0]?.from).toBe(net.ledger.stBrigid.signer.address.toLowerCase())

    const stranger = await relay.newAccount()
    expect(await waiting(stranger)).toEqual([])
    expect((await stranger.call(`DELETE /inbox/${messages[0]?.id}`)).reason).toBe('not-found')
    expect((await reader.call(`DELETE /inbox/${messages[0]?.id}`)).status).toBe(204)
    expect(await waiting(reader)).toHaveLength(1)

    expect((await leave(reader, net.ledger.stBrigid.signer.address)).status).toBe(201)
    expect((await waiting(hospital))[0]?.from).toBe(patient.address.toLowerCase())
  })

  it('takes no message from one patient to another, none without a sign-in, none empty and none too large', async () => {
    const [one, other] = [await relay.newAccount(), newPatient()]
    expect((await leave(one, other.address)).reason).toBe('organization-unknown')
    expect((await leave(relay.anonymous, other.address)).reason).toBe('sign-in-required')
    const hospital = await relay.as(net.ledger.stBrigid)
    expect((await leave(hospital, other.address, new Uint8Array())).reason).toBe('params-invalid')
    const large = await leave(hospital, other.address, new Uint8Array(limits.inboxMessageMaxBytes + 1))
    expect(large.reason).toBe('message-too-large')
    expect((await leave(hospital, other.address, randomBytes(limits.inboxMessageMaxBytes))).status).toBe(201)
    expect((await leave(hospital, 'nobody')).reason).toBe('params-invalid')
  })

  it('holds so many of one sender and no more, and lets them go after a month', async () => {
    const patient = newPatient()
    const hospital = await relay.as(net.ledger.stBrigid)
    for (let count = 0; count < relayLimits.inboxMessagesPerSender; count += 1) {
      expect((await leave(hospital, patient.address)).status).toBe(201)
    }
    expect((await leave(hospital, patient.address)).reason).toBe('quota-exceeded')
    expect((await leave(await relay.as(net.ledger.lindqvist), patient.address)).status).toBe(201)
    moveMs(relayLimits.inboxTtlMs + 1)
    await relay.tidy()
    moveMs(-relayLimits.inboxTtlMs - 1)
    expect(await waiting(await relay.anonymous.signedIn(patient))).toEqual([])
  })

  it('keeps most of an organization’s places for the patients for whom it vouches', async () => {
    const hospital = await net.ledger.accredit('Kept Hospital', 'kept.example')
    const recipient = hospital.signer.address
    const patient = newPatient()
    await vouchFor(hospital, patient.address)
    await fill(recipient, relayLimits.inboxStrangersPerOrganization)

    expect((await leave(await relay.newAccount(), recipient)).reason).toBe('quota-exceeded')
    // Another organization's word is nothing here.
    const elsewhere = newPatient()
    await vouchFor(net.ledger.stBrigid, elsewhere.address)
    expect((await leave(await relay.anonymous.signedIn(elsewhere), recipient)).reason).toBe('quota-exceeded')
    expect((await leave(await relay.anonymous.signedIn(patient), recipient)).status).toBe(201)
    await fill(recipient, relayLimits.inboxMessagesPerOrganization)
    expect((await leave(await relay.anonymous.signedIn(patient), recipient)).reason).toBe('quota-exceeded')
  })

  it('counts strangers by their address, however many accounts they have', async () => {
    const hospital = await net.ledger.accredit('Busy Hospital', 'busy.example')
    const recipient = hospital.signer.address
    const answers: (string | null)[] = []
    for (let sent = 0; sent <= relayLimits.rates.unvouchedInbox.burst; sent += 1) {
      answers.push((await leave(await relay.newAccount(), recipient)).reason)
    }
    expect(answers).toContain('rate-limited')
    const patient = newPatient()
    await vouchFor(hospital, patient.address)
    expect((await leave(await relay.anonymous.signedIn(patient), recipient)).status).toBe(201)
    expect((await leave(await relay.as(hospital), patient.address)).status).toBe(201)
  })
})
