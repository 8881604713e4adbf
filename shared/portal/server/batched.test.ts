import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anchorKeyOf, readAnchor } from '../../contracts/anchors.ts'
import { readGrantState } from '../../contracts/grants.ts'
import { openLedger } from '../../contracts/ledger.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { type SponsoredStatus, sponsoredStatusSchema } from '../../protocol/relay-api.ts'
import { acceptDeposit } from '../testing/accept.ts'
import {
  answerChallenge,
  type GivenGrant,
  giveGrant,
  type KeptRecord,
  newAccount,
  newRecipient,
  pseudonymOf,
  revoke,
} from '../testing/patient.ts'
import { patientAt, type RelayProcess, startRelayProcess } from '../testing/relay-process.ts'
import { startWorld, type TestOrganization, type World } from '../testing/world.ts'
import { createPortal, type Portal } from './portal.ts'
import { json, readReply } from './relay-http.ts'

// A relay that batches all: nothing of a grant or an anchor is found on the ledger but under a root.

let world: World
let relay: RelayProcess
let clinic: TestOrganization
let brigid: Portal
let lindqvist: Portal

beforeAll(async () => {
  world = await startWorld()
  const hospital = await world.register('St. Brigid Hospital')
  clinic = await world.register('Lindqvist Clinic')
  relay = await startRelayProcess(world.network, {
    RELAY_BATCHES: 'always',
    RELAY_BATCH_SIZE: '2',
    RELAY_BATCH_JITTER_SECONDS: '0',
    RELAY_BATCH_WINDOW_SECONDS: '1800',
  })
  brigid = await createPortal({ network: relay.network, organization: hospital.options })
  lindqvist = await createPortal({ network: relay.network, organization: clinic.options })
}, 40_000)
afterAll(async () => {
  await Promise.all([brigid?.stop(), lindqvist?.stop()])
  await relay?.stop()
  await world?.stop()
})

interface Person {
  atClinic: ReturnType<typeof newAccount>
  pins: ReturnType<typeof patientAt>
  record: KeptRecord
  content: Buffer
}

async function personWithRecord(): Promise<Person> {
  const [atHospital, atClinic] = [newAccount(), newAccount()]
  const deposit = await newRecipient()
  const content = randomBytes(2_000)
  const { voucher } = await brigid.acceptConnection(
    await answerChallenge(world, await brigid.challenge(), atHospital, deposit.recipient),
  )
  const pins = patientAt(relay, newAccount())
  await pins.vouch(voucher)
  const document = {
    title: 'Lipid panel',
    category: 'laboratory',
    mediaType: 'application/fhir+json',
    period: { start: '2026-10-01', end: '2026-10-01' },
    content,
  } as const
  const patient = pseudonymOf(atHospital)
  const offer = await brigid.offerDeposit({ patient, recipient: deposit.recipient, document })
  const record = await acceptDeposit(relay, offer, atHospital, deposit)
  await pins.keep([record])
  return { atClinic, pins, record, content }
}

async function grantTo({ atClinic, pins, record }: Person): Promise<GivenGrant & { state: SponsoredStatus }> {
  const { voucher } = await lindqvist.acceptConnection(
    await answerChallenge(world, await lindqvist.challenge(), atClinic, (await newRecipient()).recipient),
  )
  const given = await giveGrant(
    { ...world, network: relay.network },
    { patient: atClinic, grantee: clinic, records: [record], unsubmitted: true },
  )
  const act = { kind: 'grant', ...given.granted.grant, voucher }
  let state = await readReply(sponsoredStatusSchema, await pins.call('/sponsor', json(act)))
  await expect
    .poll(
      async () => {
        state = await readReply(sponsoredStatusSchema, await pins.call(`/sponsor/${state.id}`))
        return state.status
      },
      { timeout: 10_000 },
    )
    .toBe('mined')
  return { ...given, state }
}

const reasonOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof CarekeyError ? error.reason : error),
  )

describe('a portal, of what came to the ledger in batches', () => {
  it('confirms deposits, opens grants, notes its reading, and is refused once a grant is revoked', async () => {
    const people = await Promise.all([personWithRecord(), personWithRecord()])
    const [person] = people
    const { record, content, pins, atClinic } = person
    const ledger = openLedger(relay.network)
    const { commitment, subject } = record.anchor.anchor
    expect(await readAnchor(ledger, anchorKeyOf(record.anchor))).toBeNull()

    expect(await brigid.confirmDeposit({ commitment }, subject)).toEqual({ status: 'waiting' })
    expect((await brigid.depositStatus(commitment, subject)).status).toBe('pending')
    const { batch: _, ...unproven } = record.anchor
    expect(await brigid.confirmDeposit({ commitment, batched: unproven }, subject)).toMatchObject({
      status: 'anchored',
    })
    expect(await brigid.confirmDeposit({ commitment }, subject)).toMatchObject({ status: 'anchored' })
    expect((await brigid.depositStatus(commitment, subject)).status).toBe('confirmed')
    const others = people[1].record.anchor
    expect(await reasonOf(brigid.confirmDeposit({ commitment, batched: others }, subject))).toBe(
      'anchor-mismatch',
    )

    const [given] = await Promise.all(people.map(grantTo))
    if (!given) throw new Error('Nothing was given.')
    const { granted, state } = given
    const { grant, signature } = granted.grant
    expect((await readGrantState(ledger, grant.patient, granted.grantId)).grantedAt).toBe(0)
    await pins.open({ ...given, granted: { ...granted, grant: { grant, signature, batch: state.batch } } })
    // The proof is the relay's to find where the patient's answer has none.
    const opened = await lindqvist.openGrant(granted)
    expect(Buffer.compare(opened.records[0]?.content ?? new Uint8Array(0), content)).toBe(0)
    const astray = { grant, signature, batch: { root: `0x${'12'.repeat(32)}` as const, proof: [] } }
    expect(await reasonOf(lindqvist.openGrant({ ...granted, grant: astray }, { grantWaitMs: 0 }))).toBe(
      'grant-unknown',
    )
    expect((await lindqvist.logAccess(opened)).transactionHash).toMatch(/^0x/)
    expect((await readGrantState(ledger, grant.patient, granted.grantId)).grantedAt).toBeGreaterThan(0)

    await revoke(world, atClinic, granted.grantId)
    expect(await reasonOf(lindqvist.openGrant(granted))).toBe('grant-revoked')
  }, 60_000)
})
