import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeEmergencyReview } from '../../../contracts/emergency.ts'
import { readEmergencyEvents } from '../../../contracts/emergency-events.ts'
import { openLedger } from '../../../contracts/ledger.ts'
import { randomSalt } from '../../../crypto/commit.ts'
import { combineFileKey } from '../../../crypto/shares.ts'
import { cardTextOf, holdersHashOf, shareRequestTypedData } from '../../../protocol/emergency-shares.ts'
import { CarekeyError } from '../../../protocol/errors.ts'
import { grantIdSchema } from '../../../protocol/ids.ts'
import { receiptsReplySchema } from '../../../protocol/relay-api.ts'
import { emergencyPatient, leave, registerPractitioner } from '../../testing/emergency.ts'
import { answerChallenge, newAccount, newRecipient, now, signed } from '../../testing/patient.ts'
import { patientAt, type RelayProcess, startRelayProcess } from '../../testing/relay-process.ts'
import { startWorld, type TestOrganization, type World } from '../../testing/world.ts'
import { createPortal, type Portal } from '../portal.ts'
import { readReply } from '../relay-http.ts'
import type { EmergencyAuditEvent } from './audit-event.ts'
import type { EmergencyCollected } from './emergency.ts'

// Three organizations' servers against a real ledger and a real relay process; the patient's side is played.

const summary = JSON.stringify({ resourceType: 'Bundle', type: 'document', entry: [] })
const wait = 600
const window = 3_600

let world: World
let relay: RelayProcess
let clinic: TestOrganization
let hospital: TestOrganization
let county: TestOrganization
let portals: Record<'clinic' | 'hospital' | 'county', Portal>
let medic: Awaited<ReturnType<typeof registerPractitioner>>
const audited: EmergencyAuditEvent[] = []

beforeAll(async () => {
  world = await startWorld()
  clinic = await world.register('Lindqvist Clinic')
  hospital = await world.register('St. Brigid Hospital')
  county = await world.register('County Hospital')
  relay = await startRelayProcess(world.network)
  const audit = (event: EmergencyAuditEvent) => {
    audited.push(event)
  }
  const portalOf = ({ options: organization }: TestOrganization) =>
    createPortal({ network: relay.network, organization, audit })
  portals = {
    clinic: await portalOf(clinic),
    hospital: await portalOf(hospital),
    county: await portalOf(county),
  }
  medic = await registerPractitioner(world, clinic, 'emergency')
}, 60_000)
afterAll(async () => {
  await relay?.stop()
  await world?.stop()
})

const reasonOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof CarekeyError ? error.reason : error),
  )

const collectAll = async () => {
  const collected: EmergencyCollected[] = []
  for (const portal of Object.values(portals)) collected.push(await portal.emergency.collect())
  return collected
}

/** A patient whom St. Brigid knows, with shares at two hospitals of which both are needed, and a policy in force. */
async function preparedPatient(changes = {}) {
  const patient = await emergencyPatient(world, relay)
  const pseudonym = newAccount()
  const { recipient } = await newRecipient()
  const challenge = await portals.hospital.challenge()
  const { voucher } = await portals.hospital.acceptConnection(
    await answerChallenge(world, challenge, pseudonym, recipient),
  )
  await patient.pins.call('/vouchers', {
    method: 'POST',
    body: JSON.stringify(voucher),
    headers: { 'content-type': 'application/json' },
  })
  const offered = await patient.offer(summary, [hospital, county], 2, { by: hospital, pseudonym, voucher })
  await collectAll()
  const held = await patient.answered()
  expect(held.map(({ organization }) => organization).sort()).toEqual([hospital.id, county.id].sort())
  const own = held.find((one) => one.voucher)?.voucher
  if (!own) throw new Error('nobody vouched')
  expect(own.patient).toBe(patient.patient)
  expect(held.filter((one) => one.voucher)).toHaveLength(1)
  expect(await patient.states(offered, own, changes)).toBe('mined')
  return { ...patient, ...offered, voucher: own }
}

const wishFor = (card: string, practitioner = medic) => ({
  card,
  reason: 'cannot-consent',
  detail: 'Found unconscious at the harbour.',
  practitioner,
})

describe('an emergency that nobody vetoes', () => {
  it('opens after the wait by two holders together, is noted twice, and closes by itself', async () => {
    const patient = await preparedPatient()
    const { emergency } = portals.clinic
    const opened = await emergency.open(wishFor(cardTextOf(world.network, patient.patient)))
    expect(opened).toMatchObject({ ledger: { state: 'waiting', review: null }, shares: { have: 0, need: 2 } })
    expect(await reasonOf(emergency.read(opened.id))).toBe('emergency-refused')

    await world.pass(wait)
    expect(await emergency.read(opened.id)).toEqual({ state: 'collecting', have: 0, need: 2 })
    await portals.hospital.emergency.collect()
    await portals.clinic.emergency.collect()
    expect(await emergency.read(opened.id)).toEqual({ state: 'collecting', have: 1, need: 2 })
    const before = audited.length
    await collectAll()
    await portals.clinic.emergency.collect()
    const read = await emergency.read(opened.id)
    expect(read.state === 'open' && new TextDecoder().decode(read.content)).toBe(summary)
    await emergency.read(opened.id)
    expect(audited).toHaveLength(before + 1)

    await world.pass(window)
    expect(await reasonOf(emergency.read(opened.id))).toBe('emergency-over')
    await portals.clinic.emergency.collect()
    expect(audited.slice(before).map((event) => event.subtype)).toMatchObject([
      [{ code: '110127' }],
      [{ code: '110138' }],
    ])
    const { startedAt, stoppedAt, shares, ledger } = await emergency.status(opened.id)
    expect([startedAt, stoppedAt]).not.toContain(null)
    expect([shares.have, ledger?.state, ledger?.review]).toEqual([0, 'closed', null])
    await world.send(
      encodeEmergencyReview(world.network, patient.patient, opened.id, {
        justified: true,
        findingsHash: randomSalt(),
      }),
    )
    expect((await emergency.status(opened.id)).ledger?.review).toMatchObject({ justified: true })
    const { receipts } = await readReply(receiptsReplySchema, await patient.pins.call('/receipts'))
    expect(receipts.map(({ grant, organization }) => [String(grant), organization])).toEqual([
      [opened.id, clinic.id],
    ])
  })
})

/** Threats, T35: a hundred uses on demand, a hundredth of that otherwise. */
const uses = Number(process.env.CAREKEY_EMERGENCY_USES ?? 1)

describe('every use', () => {
  it(
    'is noted when it begins and when it ends, stands on the ledger for its patient, and opens the summary alone',
    async () => {
      const patient = await preparedPatient()
      const { emergency } = portals.clinic
      const before = audited.length
      const ids: string[] = []
      for (let use = 0; use < uses; use++) {
        const { id } = await emergency.open(wishFor(patient.patient))
        ids.push(id)
        await world.pass(wait)
        await emergency.read(id)
        await collectAll()
        await emergency.collect()
        const read = await emergency.read(id)
        expect(read.state === 'open' && new TextDecoder().decode(read.content)).toBe(summary)
        const other = { grant: grantIdSchema.parse(id), cid: patient.directory.summary.cid }
        expect(await reasonOf(portals.clinic.fetchSealed({ ...other, transport: 'gateway' }))).toBe(
          'grant-unknown',
        )
        await emergency.close(id)
      }
      const notes = audited.slice(before).map(({ subtype }) => (subtype as { code: string }[])[0]?.code)
      expect(notes).toEqual(ids.flatMap(() => ['110127', '110138']))
      const events = await readEmergencyEvents(openLedger(relay.network), patient.patient)
      expect(events.flatMap((event) => (event.kind === 'opened' ? [String(event.id)] : []))).toEqual(ids)
    },
    60_000 * (uses + 1),
  )
})

describe('an emergency that the patient vetoes', () => {
  it('releases nothing before, during or after the window', async () => {
    const patient = await preparedPatient()
    const { emergency } = portals.clinic
    const opened = await emergency.open(wishFor(patient.patient))
    expect(await patient.vetoes(opened.id)).toBe('mined')
    expect(await reasonOf(emergency.read(opened.id))).toBe('emergency-over')
    await world.pass(wait)
    expect(await reasonOf(emergency.read(opened.id))).toBe('emergency-over')
    expect((await emergency.status(opened.id)).ledger).toMatchObject({ state: 'vetoed' })
    expect((await collectAll()).map(({ released }) => released)).toEqual([0, 0, 0])
  })

  it('stops what a holder has not released yet', async () => {
    const patient = await preparedPatient()
    const { emergency } = portals.clinic
    const opened = await emergency.open(wishFor(patient.patient))
    await world.pass(wait)
    await emergency.read(opened.id)
    await portals.hospital.emergency.collect()
    await patient.vetoes(opened.id)
    expect((await portals.county.emergency.collect()).released).toBe(0)
    await emergency.collect()
    expect(await reasonOf(emergency.read(opened.id))).toBe('emergency-over')
    expect((await emergency.status(opened.id)).startedAt).toBeNull()
  })
})

describe('who may open', () => {
  it('refuses a practitioner of another role, of another organization, and a card that is not in force', async () => {
    const patient = await preparedPatient()
    const { emergency } = portals.clinic
    const physician = await registerPractitioner(world, clinic, 'physician')
    const stranger = await registerPractitioner(world, hospital, 'emergency')
    expect(await reasonOf(emergency.open(wishFor(patient.patient, physician)))).toBe('emergency-refused')
    expect(await reasonOf(emergency.open(wishFor(patient.patient, stranger)))).toBe('forbidden')
    expect(await reasonOf(emergency.open(wishFor(newAccount().address)))).toBe('emergency-refused')
    expect(await reasonOf(emergency.open(wishFor('carekey-emergency:1/0xabc')))).toBe('params-invalid')
    const forged = { ...medic, sign: (data: Parameters<typeof signed>[1]) => signed(newAccount(), data) }
    expect(await reasonOf(emergency.open(wishFor(patient.patient, forged)))).toBe('signature-wrong')
  })

  it('refuses whom the patient has not listed, and lets whom they have', async () => {
    const listed = await preparedPatient({ organizations: [clinic.id] })
    const other = await preparedPatient({ organizations: [hospital.id] })
    const { emergency } = portals.clinic
    expect(await reasonOf(emergency.open(wishFor(other.patient)))).toBe('emergency-refused')
    expect((await emergency.open(wishFor(listed.patient))).ledger?.state).toBe('waiting')
  })

  it('opens nothing where nobody keeps the notes', async () => {
    const patient = await preparedPatient()
    const mute = await createPortal({ network: relay.network, organization: clinic.options })
    expect(await reasonOf(mute.emergency.open(wishFor(patient.patient)))).toBe('forbidden')
  })
})

describe('a holder', () => {
  it('keeps no share that the list does not name, and vouches for nobody whom it does not know', async () => {
    const patient = await emergencyPatient(world, relay)
    const { directory, shares } = await patient.offer(summary, [hospital, county], 2)
    const collected = await portals.hospital.emergency.collect()
    expect(collected).toMatchObject({ kept: 1, refused: [] })
    const [held] = await patient.answered()
    expect(held).toMatchObject({ organization: hospital.id, voucher: null })
    const swapped = {
      kind: 'emergency-share',
      directory,
      share: Buffer.from(shares[1] ?? []).toString('base64'),
      relay: relay.origin,
      recipient: (await newRecipient()).recipient,
      vouched: null,
    }
    const { call } = patientAt(relay, patient.account)
    await leave(call, hospital.account.address, hospital.recipient, swapped)
    expect((await portals.hospital.emergency.collect()).refused).toEqual(['record-hash-wrong'])
  })

  it('answers nobody who signs in another organization’s name', async () => {
    const patient = await preparedPatient()
    const opened = await portals.clinic.emergency.open(wishFor(patient.patient))
    await world.pass(wait)
    const request = {
      organization: clinic.id,
      holders: holdersHashOf(patient.directory),
      deadline: now() + 60,
    }
    const thief = newAccount()
    const data = shareRequestTypedData(world.network, opened.id, request)
    const message = {
      kind: 'emergency-request',
      opening: opened.opening,
      ...request,
      signature: await signed(thief, data),
    }
    await leave(patientAt(relay, thief).call, hospital.account.address, hospital.recipient, message)
    expect(await portals.hospital.emergency.collect()).toMatchObject({
      released: 0,
      refused: ['signature-wrong'],
    })
  })

  it('releases no share of a policy that the patient has replaced', async () => {
    const patient = await preparedPatient()
    const opened = await portals.clinic.emergency.open(wishFor(patient.patient))
    const next = await patient.offer(summary, [hospital, county], 2)
    expect(await patient.states(next, patient.voucher)).toBe('mined')
    await world.pass(wait)
    const request = {
      organization: clinic.id,
      holders: holdersHashOf(patient.directory),
      deadline: now() + 60,
    }
    const signature = await signed(clinic.account, shareRequestTypedData(world.network, opened.id, request))
    const message = { kind: 'emergency-request', opening: opened.opening, ...request, signature }
    await leave(patientAt(relay, clinic.account).call, hospital.account.address, hospital.recipient, message)
    expect((await portals.hospital.emergency.collect()).released).toBe(0)
    await portals.clinic.emergency.collect()
    expect((await portals.clinic.emergency.status(opened.id)).shares.refusals).toEqual({
      [hospital.id]: 'emergency-refused',
    })
  })

  it('has nothing that opens the summary by itself', async () => {
    const { shares } = await preparedPatient()
    await expect(combineFileKey(shares.slice(0, 1))).rejects.toMatchObject({ reason: 'argument-invalid' })
  })
})
