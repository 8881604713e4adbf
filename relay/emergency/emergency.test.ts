import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  encodeEmergencyOpening,
  encodeEmergencyPolicy,
  encodeEmergencyVeto,
} from '../../shared/contracts/emergency.ts'
import { submit } from '../../shared/contracts/submit.ts'
import {
  registerTestMedic,
  signTestOpening,
  signTestPolicy,
  signTestVeto,
  type TestPractitioner,
} from '../../shared/contracts/test-emergency.ts'
import { newPatient } from '../../shared/contracts/test-ledger.ts'
import { randomSalt } from '../../shared/crypto/commit.ts'
import {
  emergencyDirectorySchema,
  emergencyReplySchema,
  holdersHashOf,
} from '../../shared/protocol/emergency-shares.ts'
import { receiptsReplySchema } from '../../shared/protocol/relay-api.ts'
import { carOf, rawBlock } from '../testing/car.ts'
import type { Client } from '../testing/client.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { movableClock, type RelayHere, startRelayHere } from '../testing/relay-here.ts'

const minute = 60

let net: TestNetwork
let relay: RelayHere
let owner: Client
let hospital: Client
let medic: TestPractitioner
const { clock, moveMs } = movableClock()

beforeAll(async () => {
  net = await startTestNetwork()
  relay = await startRelayHere(net, {}, clock)
  owner = await relay.newAccount()
  hospital = await relay.as(net.ledger.stBrigid)
  medic = await registerTestMedic(net.ledger)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

/** A pinned summary with its directory, and a policy on the ledger that names it. */
async function prepared() {
  const { ledger } = net
  const patient = newPatient()
  const block = rawBlock(randomBytes(5_000))
  await owner.pin(await carOf(block.cid, [block]))
  const directory = emergencyDirectorySchema.parse({
    version: 1,
    patient: patient.address,
    summary: { cid: block.cid.toString(), sealedBytes: block.bytes.length },
    holders: [ledger.stBrigid, ledger.lindqvist].map(({ id }) => ({
      organization: id,
      shareHash: randomSalt(),
    })),
    salt: randomSalt(),
  })
  const path = `/emergencies/${directory.patient}`
  expect((await owner.call(`PUT ${path}`, directory)).reason).toBe('204')
  const terms = {
    holdersHash: holdersHashOf(directory),
    windowSeconds: 20 * minute,
    threshold: 2,
    holders: 2,
  }
  const policy = await signTestPolicy(ledger, patient, terms)
  await submit(ledger.wallet, encodeEmergencyPolicy(ledger.deployed, policy))
  const opened = await signTestOpening(ledger, medic, patient)
  const read = async (client: Client) =>
    (await client.call(`POST ${path}`, { opening: opened.opening })).reason
  const open = () => submit(ledger.wallet, encodeEmergencyOpening(ledger.deployed, opened))
  return { patient, block, directory, path, opened, open, read }
}

it('serves the summary in the window alone, to the practitioner’s organization alone, with a receipt', async () => {
  const { block, directory, path, opened, open, read } = await prepared()
  const clinic = await relay.as(net.ledger.lindqvist)
  const seen = [await read(hospital)]
  await open()
  seen.push(await read(hospital))
  await net.ledger.passTime(10 * minute)
  seen.push(await read(clinic), await read(owner), await read(relay.anonymous), await read(hospital))
  expect(seen).toEqual([
    'emergency-unknown',
    'emergency-refused',
    'grant-not-yours',
    'organization-unknown',
    'sign-in-required',
    '200',
  ])
  const answer = await hospital.call(`POST ${path}`, { opening: opened.opening })
  const reply = answer.json(emergencyReplySchema)
  expect(reply.directory).toEqual(directory)
  expect(Buffer.from(reply.sealed, 'base64').equals(block.bytes)).toBe(true)
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
  const { receipts } = (await owner.call('GET /receipts')).json(receiptsReplySchema)
  expect(receipts.filter(({ grant }) => String(grant) === opened.id)).toHaveLength(2)
  // The gateway for grants knows nothing of it.
  const around = await hospital.call(`GET /ipfs/${block.cid}?format=raw`, undefined, {
    'carekey-grant': opened.id,
  })
  expect(around.reason).toBe('grant-unknown')
  // The chain stands still, and our own clock does not.
  moveMs(40 * minute * 1_000)
  expect(await read(hospital)).toBe('emergency-over')
  moveMs(-40 * minute * 1_000)
  await net.ledger.passTime(21 * minute)
  expect(await read(hospital)).toBe('emergency-over')
})

it('serves nothing after a veto', async () => {
  const { ledger } = net
  const { patient, opened, open, read } = await prepared()
  await open()
  await ledger.passTime(10 * minute)
  expect(await read(hospital)).toBe('200')
  const veto = await signTestVeto(ledger, patient, opened.opening, opened.id)
  await submit(ledger.wallet, encodeEmergencyVeto(ledger.deployed, veto))
  expect(await read(hospital)).toBe('emergency-over')
})

it('serves what the patient’s policy names, whatever a stranger tells of the same pseudonym', async () => {
  const { directory, path, opened, open } = await prepared()
  const stranger = await relay.newAccount()
  const block = rawBlock(randomBytes(5_000))
  const told = { ...directory, summary: { cid: block.cid.toString(), sealedBytes: 5_000 } }
  expect((await stranger.call(`PUT ${path}`, told)).reason).toBe('record-missing')
  await stranger.pin(await carOf(block.cid, [block]))
  expect((await stranger.call(`PUT ${path}`, told)).reason).toBe('204')
  await open()
  await net.ledger.passTime(10 * minute)
  const answer = await hospital.call(`POST ${path}`, { opening: opened.opening })
  expect(answer.json(emergencyReplySchema).directory).toEqual(directory)
  await stranger.call(`DELETE ${path}`)
  expect((await hospital.call(`POST ${path}`, { opening: opened.opening })).reason).toBe('200')
  await owner.call(`DELETE ${path}`)
  expect((await hospital.call(`POST ${path}`, { opening: opened.opening })).reason).toBe('record-missing')
})
