import { randomBytes } from 'node:crypto'
import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeDispute } from '../../contracts/disputes.ts'
import { open, seal } from '../../crypto/seal.ts'
import { decisionTypedData } from '../../protocol/access-request.ts'
import { disputeTypedData } from '../../protocol/dispute.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { NO_HASH } from '../../protocol/ids.ts'
import { patientMessageSchema } from '../../protocol/inbox.ts'
import { relayInfoSchema } from '../../protocol/relay-api.ts'
import { acceptDeposit } from '../testing/accept.ts'
import {
  answerChallenge,
  giveGrant,
  keepRecord,
  newAccount,
  newRecipient,
  now,
  pseudonymOf,
  revoke,
  signed,
} from '../testing/patient.ts'
import { serveRetrieval, startPatientNode } from '../testing/peer.ts'
import { patientAt, type RelayProcess, startRelayProcess } from '../testing/relay-process.ts'
import { startWorld, type TestOrganization, type World } from '../testing/world.ts'
import { createPortal, type Portal } from './portal.ts'
import { json, readReply } from './relay-http.ts'

// The whole of a portal's server against a real ledger and a real relay process; the patient's side is played.

let world: World
let relay: RelayProcess
let hospital: TestOrganization
let clinic: TestOrganization
let brigid: Portal
let lindqvist: Portal

beforeAll(async () => {
  world = await startWorld()
  hospital = await world.register('St. Brigid Hospital')
  clinic = await world.register('Lindqvist Clinic')
  relay = await startRelayProcess(world.network)
  brigid = await createPortal({ network: relay.network, organization: hospital.options })
  lindqvist = await createPortal({ network: relay.network, organization: clinic.options })
}, 40_000)
afterAll(async () => {
  await Promise.all([brigid?.stop(), lindqvist?.stop()])
  await relay?.stop()
  await world?.stop()
})

const reasonOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof CarekeyError ? error.reason : error),
  )

/** One patient with their accounts towards both organizations, connected, and with a record saved. */
async function patientWithRecord(content: Uint8Array) {
  const atHospital = newAccount()
  const atClinic = newAccount()
  const deposit = await newRecipient()
  const { voucher } = await brigid.acceptConnection(
    await answerChallenge(world, await brigid.challenge(), atHospital, deposit.recipient),
  )
  await lindqvist.acceptConnection(
    await answerChallenge(world, await lindqvist.challenge(), atClinic, deposit.recipient),
  )
  const pins = patientAt(relay, newAccount())
  await pins.vouch(voucher)
  const offer = await brigid.offerDeposit({
    patient: pseudonymOf(atHospital),
    recipient: deposit.recipient,
    document: {
      title: 'Lipid panel',
      category: 'laboratory',
      mediaType: 'application/fhir+json',
      period: { start: '2026-10-01', end: '2026-10-01' },
      content,
      practitioner: 'Dr. Aoife Byrne',
    },
  })
  const record = await acceptDeposit(relay, offer, atHospital, deposit)
  await pins.keep([record])
  return { atHospital, atClinic, deposit, pins, offer, record }
}

describe('depositing', () => {
  it('stages a sealed record that its patient alone can open, and finds it on the ledger afterwards', async () => {
    const content = randomBytes(1_200_000)
    const { atHospital, offer, record } = await patientWithRecord(content)
    expect(record.statement).toMatchObject({ title: 'Lipid panel', contentBytes: content.length })
    const patient = pseudonymOf(atHospital)
    expect(await brigid.confirmDeposit({ commitment: offer.anchor.commitment }, patient)).toMatchObject({
      status: 'anchored',
      patient,
    })
    const stranger = pseudonymOf(newAccount())
    expect(await brigid.confirmDeposit({ commitment: offer.anchor.commitment }, stranger)).toEqual({
      status: 'waiting',
    })
  })

  it('says that a deposit waits while nobody has accepted it', async () => {
    const commitment = `0x${randomBytes(32).toString('hex')}`
    expect(await brigid.confirmDeposit({ commitment }, pseudonymOf(newAccount()))).toEqual({
      status: 'waiting',
    })
  })

  it('refuses a document without a title, and a recipient that is none', async () => {
    const { recipient } = await newRecipient()
    const document = {
      title: '',
      category: 'laboratory',
      mediaType: 'application/pdf',
      period: { start: '2026-10-01', end: '2026-10-01' },
      content: 'x',
    } as const
    const patient = pseudonymOf(newAccount())
    expect(await reasonOf(brigid.offerDeposit({ patient, recipient, document }))).toBe('params-invalid')
    const titled = { ...document, title: 'A letter' }
    expect(await reasonOf(brigid.offerDeposit({ patient, recipient: 'age1x', document: titled }))).toBe(
      'params-invalid',
    )
    const content = new Uint8Array(64 * 1_024 * 1_024 + 1)
    expect(
      await reasonOf(brigid.offerDeposit({ patient, recipient, document: { ...titled, content } })),
    ).toBe('record-too-large')
  })
})

const wish = {
  categories: ['laboratory'],
  lastYears: 5,
  purpose: 'TREAT',
  durationSeconds: 24 * 60 * 60,
  reason: 'For your appointment.',
} as const

describe('asking and reading', () => {
  it('opens what was granted, from the relay, logs it, and is refused by both once it is revoked', async () => {
    const content = randomBytes(1_500_000)
    const { atClinic, pins, record } = await patientWithRecord(content)
    const asked = await lindqvist.requestAccess({ patient: pseudonymOf(atClinic), ...wish })
    const given = await giveGrant(
      { ...world, network: relay.network },
      {
        patient: atClinic,
        grantee: clinic,
        records: [record],
        request: asked.id,
      },
    )
    await pins.open(given)
    const decision = await lindqvist.acceptDecision({ kind: 'granted', ...given.granted })
    if (decision.kind !== 'granted') throw new Error('The decision is a grant.')
    expect(decision).toMatchObject({ patient: pseudonymOf(atClinic), request: asked.id, outcome: 'approved' })

    const opened = await lindqvist.openGrant(decision.granted, { patient: decision.patient })
    expect(opened.records.map(({ transport }) => transport)).toEqual(['gateway'])
    expect(Buffer.compare(opened.records[0]?.content ?? new Uint8Array(0), content)).toBe(0)
    const logged = await lindqvist.logAccess(opened)
    expect(logged.transactionHash).toMatch(/^0x/)

    expect(await reasonOf(brigid.fetchSealed({ grant: given.granted.grantId, cid: record.cid }))).toBe(
      'grant-not-yours',
    )
    expect(await lindqvist.fetchAgain(decision.granted)).toMatchObject({ ok: true })

    await revoke(world, atClinic, given.granted.grantId)
    const again = await until(
      () => lindqvist.fetchAgain(decision.granted),
      (result) => !result.ok && result.relay !== null,
    )
    expect(again).toMatchObject({
      ok: false,
      ledger: { reason: 'grant-revoked' },
      relay: { reason: 'grant-revoked' },
    })
  }, 40_000)

  it('fetches from the patient’s own browser while it is there, and from the relay afterwards', async () => {
    const content = randomBytes(1_500_000)
    const { atClinic, pins, record } = await patientWithRecord(content)
    const given = await giveGrant(world, { patient: atClinic, grantee: clinic, records: [record] })
    const granted = { ...given.granted, relay: relay.origin }
    await pins.open(given)

    const info = await readReply(relayInfoSchema, await pins.call('/info'))
    const node = await startPatientNode(String(info.multiaddrs[0]), AbortSignal.timeout(15_000), (peerId) =>
      pins.call('/circuit/peer', { ...json({ peerId }), method: 'PUT' }),
    )
    let served = 0
    await serveRetrieval(node, {
      deployment: relay.network,
      answer({ cid }) {
        served++
        return given.cars.get(cid) ?? 'record-missing'
      },
    })
    const direct = await lindqvist.openGrant(granted, { transport: 'webrtc' })
    expect(direct.records.map(({ transport }) => transport)).toEqual(['webrtc'])
    expect(Buffer.compare(direct.records[0]?.content ?? new Uint8Array(0), content)).toBe(0)
    const servedSoFar = served
    expect((await lindqvist.openGrant(granted)).records[0]?.transport).toBe('webrtc')
    expect(served).toBeGreaterThan(servedSoFar)

    await node.node.stop()
    expect((await lindqvist.openGrant(granted)).records[0]?.transport).toBe('gateway')
  }, 60_000)

  it('refuses an answer to no request, another’s answer, and a grant that is not the answer’s', async () => {
    const patient = newAccount()
    const asked = await lindqvist.requestAccess({ patient: pseudonymOf(patient), ...wish })
    const facts = { outcome: 'declined', grant: null, decidedAt: now() } as const
    const declined = async (request: typeof asked.id, account: PrivateKeyAccount) => {
      const decision = { request, ...facts }
      return {
        kind: 'decided',
        decision,
        signature: await signed(account, decisionTypedData(relay.network, decision)),
      }
    }
    const unknown = `0x${'12'.repeat(32)}` as typeof asked.id
    expect(await reasonOf(lindqvist.acceptDecision(await declined(unknown, patient)))).toBe(
      'request-replayed',
    )
    expect(await reasonOf(lindqvist.acceptDecision(await declined(asked.id, newAccount())))).toBe(
      'signature-wrong',
    )
    expect(await lindqvist.acceptDecision(await declined(asked.id, patient))).toMatchObject({
      kind: 'decided',
      outcome: 'declined',
    })
    const { recipient } = await newRecipient()
    const record = await keepRecord(world, recipient, { author: hospital, unanchored: true })
    const given = {
      patient: newAccount(),
      grantee: clinic,
      records: [record],
      request: asked.id,
      unsubmitted: true,
    }
    const { granted } = await giveGrant(world, given)
    const stolen = {
      ...granted,
      signature: await signed(patient, decisionTypedData(relay.network, granted.decision)),
    }
    expect(await reasonOf(lindqvist.acceptDecision({ kind: 'granted', ...stolen }))).toBe('patient-mismatch')
  })

  it('refuses to ask for nothing, for care in order to bill, and for longer than may be', async () => {
    const patient = pseudonymOf(newAccount())
    expect(await reasonOf(lindqvist.requestAccess({ patient, ...wish, categories: [] }))).toBe('scope-empty')
    expect(await reasonOf(lindqvist.requestAccess({ patient, ...wish, purpose: 'HPAYMT' }))).toBe(
      'purpose-exceeded',
    )
    expect(await reasonOf(lindqvist.requestAccess({ patient, ...wish, durationSeconds: 1 }))).toBe(
      'params-invalid',
    )
  })
})

describe('a dispute', () => {
  it('is told to the author and to every reader, with its reason', async () => {
    const patient = newAccount()
    const { anchor } = await keepRecord(world, (await newRecipient()).recipient, {
      author: clinic,
      subject: patient,
    })
    const { commitment } = anchor.anchor
    expect(await lindqvist.disputeOf(commitment, pseudonymOf(patient))).toBeNull()
    const dispute = {
      subject: pseudonymOf(patient),
      commitment,
      reason: 'never-happened',
      reasonHash: NO_HASH,
      deadline: now() + 3_600,
    } as const
    const signature = await signed(patient, disputeTypedData(relay.network, dispute))
    await world.send(encodeDispute(relay.network, { dispute, signature }))
    expect(await brigid.disputeOf(commitment, pseudonymOf(patient))).toMatchObject({
      status: 'open',
      reason: 'never-happened',
    })
    expect(await brigid.disputeOf(commitment, pseudonymOf(newAccount()))).toBeNull()
  })
})

describe('the inbox', () => {
  it('carries a request to a patient and the decision back, each once', async () => {
    const patient = newAccount()
    const { identity, recipient } = await newRecipient()
    const asked = await lindqvist.requestAccess({
      patient: pseudonymOf(patient),
      ...wish,
      categories: ['imaging'],
    })
    await lindqvist.sendRequest({ patient: pseudonymOf(patient), recipient }, asked)

    const mine = patientAt(relay, patient)
    const [message] = await mine.inbox()
    const sealed = Buffer.from(message?.sealed ?? '', 'base64')
    const text = new TextDecoder().decode(await open(identity, sealed))
    expect(patientMessageSchema.parse(JSON.parse(text))).toMatchObject({
      kind: 'access',
      request: { categories: ['imaging'] },
    })

    const decision = { request: asked.id, outcome: 'declined', grant: null, decidedAt: now() } as const
    const body = {
      kind: 'decided',
      decision,
      signature: await signed(patient, decisionTypedData(relay.network, decision)),
    }
    const reply = (bytes: Uint8Array) =>
      mine.call(`/inbox/${clinic.account.address}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: bytes,
      })
    await reply(await seal([clinic.recipient], new TextEncoder().encode(JSON.stringify(body))))
    await reply(randomBytes(500))
    await reply(await seal([clinic.recipient], new TextEncoder().encode('{"kind":"decided"}')))

    const seen: string[] = []
    const failing = lindqvist.collectDecisions(() => {
      throw new Error('The database is away.')
    })
    await expect(failing).rejects.toThrow('The database is away.')
    const collected = await lindqvist.collectDecisions(
      ({ request, outcome }) => void seen.push(`${request} ${outcome}`),
    )
    expect(seen).toEqual([`${asked.id} declined`])
    expect(collected).toEqual({ handled: 1, refused: ['record-damaged', 'params-invalid'] })
    expect(await lindqvist.collectDecisions(() => undefined)).toEqual({ handled: 0, refused: [] })
  })
})

describe('when the world is away', () => {
  it('says which part of it', async () => {
    const noRelay = await createPortal({
      network: { ...relay.network, relays: ['http://127.0.0.1:1'] },
      organization: clinic.options,
    })
    expect(await reasonOf(noRelay.collectDecisions(() => undefined))).toBe('relay-unreachable')
    const noLedger = await createPortal({
      network: { ...relay.network, rpcUrl: 'http://127.0.0.1:1' },
      organization: clinic.options,
    })
    expect(await reasonOf(noLedger.challenge())).toBe('ledger-unreachable')
  })

  it('names the options that are wrong and never their values', async () => {
    const signingKey = '0xsecret' as const
    const attempt = createPortal({ network: relay.network, organization: { ...clinic.options, signingKey } })
    await expect(attempt).rejects.toThrow('check organization.signingKey')
    await expect(attempt).rejects.not.toThrow('secret')
  })
})

async function until<T>(attempt: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 10_000
  for (;;) {
    const value = await attempt()
    if (holds(value) || Date.now() > end) return value
  }
}
