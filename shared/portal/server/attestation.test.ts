import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeApproveSupport } from '../../contracts/attestations.ts'
import { voteTypedData } from '../../protocol/attestation.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Commitment, Pseudonym } from '../../protocol/ids.ts'
import type { DepositOffer } from '../../protocol/provider.ts'
import { acceptDeposit, leaveFor, letReview } from '../testing/accept.ts'
import { answerChallenge, newAccount, newRecipient, now, pseudonymOf, signed } from '../testing/patient.ts'
import { patientAt, type RelayProcess, startRelayProcess } from '../testing/relay-process.ts'
import { startWorld, type TestOrganization, type World } from '../testing/world.ts'
import { createPortal, type Portal } from './portal.ts'
import type { Review } from './reviews.ts'

// An author, its supporters and a patient against a real ledger and a real relay process; the patient's side is played.

let world: World
let relay: RelayProcess
let author: TestOrganization
let supporters: TestOrganization[]
let brigid: Portal
let portals: Portal[]

const day = 24 * 60 * 60

beforeAll(async () => {
  world = await startWorld()
  author = await world.register('St. Brigid Hospital')
  supporters = [await world.register('Hartmoor'), await world.register('Riverside')]
  for (const { id } of supporters) await world.send(encodeApproveSupport(world.network, author.id, id))
  relay = await startRelayProcess(world.network)
  brigid = await portalOf(author)
  portals = await Promise.all(supporters.map(portalOf))
}, 40_000)
afterAll(async () => {
  await Promise.all([brigid, ...(portals ?? [])].map((portal) => portal?.stop()))
  await relay?.stop()
  await world?.stop()
})

const portalOf = ({ options }: TestOrganization) =>
  createPortal({ network: relay.network, organization: options })

const reasonOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof CarekeyError ? error.reason : error),
  )

const identifiers = () => supporters.map(({ options }) => options.identifier)

/** A connected patient to whom one document was offered. */
async function offered({
  category = 'laboratory',
  votingSeconds = 7 * day,
  to,
}: OfferWish = {}): Promise<Offered> {
  const subject = to?.subject ?? newAccount()
  const patient = pseudonymOf(subject)
  const deposit = to?.deposit ?? (await newRecipient())
  const { voucher } = await brigid.acceptConnection(
    await answerChallenge(world, await brigid.challenge(), subject, deposit.recipient),
  )
  await patientAt(relay, subject).vouch(voucher)
  const offer = await brigid.offerDeposit({
    patient,
    recipient: deposit.recipient,
    review: { votingSeconds },
    document: {
      title: 'Lipid panel',
      category,
      mediaType: 'application/fhir+json',
      period: { start: '2026-10-01', end: '2026-10-01' },
      content: '{"resourceType":"Bundle"}',
    },
  })
  return { subject, patient, deposit, offer, commitment: offer.anchor.commitment }
}

interface OfferWish {
  category?: 'laboratory' | 'billing'
  votingSeconds?: number
  to?: Pick<Offered, 'subject' | 'deposit'>
}

interface Offered {
  subject: PrivateKeyAccount
  patient: Pseudonym
  deposit: { identity: string; recipient: string }
  offer: DepositOffer
  commitment: Commitment
}

/** The patient saves it, and lets these supporters check it. */
async function accepted(one: Offered, reviewers: readonly TestOrganization[]) {
  const record = await acceptDeposit(relay, one.offer, one.subject, one.deposit)
  if (reviewers.length > 0) await letReview(world, relay, one.offer, record, reviewers)
  return record
}

async function collected(portal: Portal | undefined): Promise<Review[]> {
  const reviews: Review[] = []
  await portal?.collectReviews((review) => void reviews.push(review))
  return reviews
}

describe('supporters', () => {
  it('confirms by the patient alone while none are named', async () => {
    expect(await brigid.supporters()).toEqual({ supporters: [], round: 0 })
    const one = await offered()
    expect(one.offer.review).toBeUndefined()
    expect(await brigid.mayMigrate(one.commitment, one.patient)).toEqual({
      allowed: false,
      because: 'not-accepted',
    })
    await accepted(one, [])
    expect(await brigid.depositStatus(one.commitment, one.patient)).toEqual({
      status: 'confirmed',
      accepted: true,
      counts: null,
    })
    expect(await brigid.mayMigrate(one.commitment, one.patient)).toEqual({ allowed: true })
  })

  it('are named by the author, of those whom the authority approved', async () => {
    expect(await reasonOf(brigid.nameSupporters(['https://nobody.example']))).toBe('support-refused')
    expect(await reasonOf(brigid.nameSupporters(['Hartmoor']))).toBe('params-invalid')
    const [first] = identifiers()
    await brigid.nameSupporters([String(first)])
    expect((await brigid.supporters()).supporters.map(({ name }) => name)).toEqual(['Hartmoor'])
    const named = await brigid.nameSupporters(identifiers())
    expect(named.transactionHash).toMatch(/^0x/)
    const { supporters: both, round } = (await portals[0]?.supporters(author.id)) ?? {}
    expect(both?.map(({ name }) => name).sort()).toEqual(['Hartmoor', 'Riverside'])
    expect(round).toBe(2)
    // A server may say it at every start.
    expect(await brigid.nameSupporters(identifiers())).toEqual({ status: 'mined', transactionHash: null })
  })
})

describe('a deposit that supporters check', () => {
  it('stays pending until both have voted for it, and only then may be moved', async () => {
    const one = await offered()
    expect(one.offer.review?.supporters).toHaveLength(2)
    await accepted(one, supporters)
    await brigid.openDeposit(one.commitment)
    const standing = () => brigid.depositStatus(one.commitment, one.patient)
    expect(await standing()).toMatchObject({
      status: 'pending',
      accepted: true,
      waitsFor: 'votes',
      counts: { isOver: false, approvals: 0, rejections: 0, supporters: 2, quorum: 2 },
    })
    for (const [index, portal] of portals.entries()) {
      expect(await brigid.mayMigrate(one.commitment, one.patient)).toEqual({
        allowed: false,
        because: 'votes-missing',
      })
      const [review] = await collected(portal)
      if (!review) throw new Error('A review waits.')
      expect(review.author).toEqual({ id: author.id, name: 'St. Brigid Hospital' })
      const opened = await portal.openReview(review)
      expect(new TextDecoder().decode(opened.record.content)).toBe('{"resourceType":"Bundle"}')
      expect(opened.record.statement.title).toBe('Lipid panel')
      expect((await portal.logAccess(opened)).transactionHash).toMatch(/^0x/)
      await portal.vote(review, 'approve')
      expect(await portal.voteCounts(review.deposit)).toMatchObject({ approvals: index + 1, quorum: 2 })
      expect(await collected(portal)).toEqual([])
    }
    expect(await standing()).toMatchObject({ status: 'confirmed', counts: { isOver: true, approvals: 2 } })
    expect(await brigid.mayMigrate(one.commitment, one.patient)).toEqual({ allowed: true })
  }, 40_000)

  it('stays pending, with the supporters named, when the patient keeps it to themself', async () => {
    const one = await offered()
    await accepted(one, [])
    const standing = await brigid.depositStatus(one.commitment, one.patient)
    expect(standing).toMatchObject({ status: 'pending', accepted: true, waitsFor: 'review', counts: null })
    if (standing.status !== 'pending' || standing.counts) throw new Error('Nobody opened it.')
    expect(standing.supporters.map(({ name }) => name).sort()).toEqual(['Hartmoor', 'Riverside'])
    expect(await brigid.mayMigrate(one.commitment, one.patient)).toEqual({
      allowed: false,
      because: 'not-reviewed',
    })
  })

  it('is listed with its details, bills apart', async () => {
    const bill = await offered({ category: 'billing' })
    expect(await brigid.healthDetails(bill.patient)).toEqual([])
    const [details] = await brigid.billDetails(bill.patient)
    expect(details?.statement).toMatchObject({ category: 'billing', title: 'Lipid panel' })
    expect(details?.standing).toMatchObject({ status: 'pending', accepted: false, waitsFor: 'patient' })
    expect(Buffer.from(details?.content ?? []).toString()).toBe('{"resourceType":"Bundle"}')
    const mine = await brigid.pendingEntries(bill.patient)
    expect(mine.map(({ commitment }) => commitment)).toEqual([bill.commitment])
    const all = await brigid.pendingEntries()
    expect(all.length).toBeGreaterThan(1)
    expect(all.every(({ standing }) => standing.status === 'pending')).toBe(true)
    expect(await reasonOf(brigid.openDeposit(`0x${'12'.repeat(32)}`))).toBe('record-missing')
  })

  it('refuses a voting that is too short or too long', async () => {
    expect(await reasonOf(offered({ votingSeconds: 60 }))).toBe('params-invalid')
    expect(await reasonOf(offered({ votingSeconds: 91 * day }))).toBe('params-invalid')
  })
})

describe('the credit of a deposit', () => {
  it('is one point when it is confirmed, and another when those who checked it praise it', async () => {
    const one = await offered()
    await accepted(one, supporters)
    await brigid.openDeposit(one.commitment)
    const claim = () => brigid.claimCredit(one.commitment, one.patient)
    expect(await reasonOf(claim())).toBe('credit-refused')
    const reviews: { portal: Portal; review: Review }[] = []
    for (const portal of portals) {
      const [review] = await collected(portal)
      if (!review) throw new Error('A review waits.')
      await portal.vote(review, 'approve')
      reviews.push({ portal, review })
    }
    expect(await claim()).toEqual({ points: 1 })
    expect(await claim()).toEqual({ points: 1 })
    const [first, second] = reviews
    await first?.portal.appraise(first.review)
    expect(await brigid.collectAppraisals()).toEqual({ handled: 1, refused: [] })
    expect(await claim()).toEqual({ points: 1 })
    await second?.portal.appraise(second.review)
    expect(await brigid.collectAppraisals()).toEqual({ handled: 1, refused: [] })
    expect(await claim()).toEqual({ points: 2 })
  }, 40_000)

  it('takes no praise of an organization that may not vote on it', async () => {
    const one = await offered()
    await accepted(one, supporters.slice(0, 1))
    await brigid.openDeposit(one.commitment)
    const [review] = await collected(portals[0])
    if (!review) throw new Error('A review waits.')
    await brigid.appraise(review)
    expect(await brigid.collectAppraisals()).toEqual({ handled: 0, refused: ['support-refused'] })
  })
})

describe('anonymous counts', () => {
  it('are published for a period, unless they tell of a few people', async () => {
    const until = Math.floor(Date.now() / 1_000) - 60
    const counts = (records: number) => ({
      from: until - 30 * day,
      until,
      rows: [{ category: 'laboratory' as const, ageBand: 4, sex: 'female' as const, records, diagnoses: 0 }],
    })
    expect(await reasonOf(brigid.publishCounts(counts(9)))).toMatch(/count-too-small|params-invalid/)
    expect(await brigid.publishCounts(counts(10))).toMatchObject({ status: 'mined' })
  })
})

describe('a review in the inbox', () => {
  it('is left there by who collects decisions, and thrown away when it is not what it says', async () => {
    const one = await offered()
    const record = await accepted(one, supporters.slice(0, 1))
    const [first] = portals
    const [hartmoor, riverside] = supporters
    if (!first || !hartmoor || !riverside || !one.offer.review) throw new Error('There are two.')
    expect(await first.collectDecisions(() => undefined)).toEqual({ handled: 0, refused: [] })
    const [good] = await collected(first)
    if (!good) throw new Error('A review waits.')

    const message = {
      kind: 'review',
      deposit: good.deposit,
      signature: good.signature,
      granted: good.granted,
    }
    const later = { ...good.deposit, votingUntil: good.deposit.votingUntil + 1 }
    const stranger = newAccount()
    const bad = [
      { ...message, deposit: later },
      { ...message, signature: await signed(stranger, voteData(good)) },
      { ...message, granted: { ...good.granted, grantId: good.id } },
      { ...message, kind: 'preview' },
    ]
    for (const one of bad) await leaveFor(relay, record.subject, hartmoor, one)
    await leaveFor(relay, record.subject, riverside, message)
    const decisions = await first.collectDecisions(() => undefined)
    expect(decisions).toEqual({
      handled: 0,
      refused: ['signature-wrong', 'signature-wrong', 'params-invalid', 'params-invalid'],
    })
    const second = await portals[1]?.collectReviews(() => undefined)
    expect(second).toEqual({ handled: 0, refused: ['grant-not-yours'] })
  }, 40_000)

  it('is refused when the author names somebody else, and when another record is behind it', async () => {
    const one = await offered()
    const two = await offered({ to: one })
    const record = await accepted(one, [])
    const other = await accepted(two, [])
    const outsider = await world.register('Outsider')
    const elsewhere = await portalOf(outsider)
    await letReview(world, relay, one.offer, record, [outsider])
    expect(await elsewhere.collectReviews(() => undefined)).toEqual({
      handled: 0,
      refused: ['support-refused'],
    })
    await elsewhere.stop()

    const [first] = portals
    await letReview(world, relay, one.offer, other, supporters.slice(0, 1))
    const [review] = await collected(first)
    if (!first || !review) throw new Error('A review waits.')
    expect(await reasonOf(first.openReview(review))).toBe('grant-scope')
  }, 40_000)
})

// Last, since it moves the chain's clock forward.
describe('a voting that ends', () => {
  it('rejects with the reasons what has no quorum', async () => {
    const one = await offered({ votingSeconds: day })
    await accepted(one, supporters)
    const [first, second] = portals
    const [review] = await collected(first)
    const [other] = await collected(second)
    if (!first || !second || !review || !other) throw new Error('Two reviews wait.')
    // Its author never heard back: the first supporter opens it on the ledger.
    expect(await first.voteCounts(review.deposit)).toBeNull()
    await first.vote(review, 'approve')
    await second.vote(other, 'implausible')
    await first.vote(review, 'wrong-patient')
    expect(await first.vote(review, 'wrong-patient')).toEqual({ status: 'mined', transactionHash: null })
    const counts = await brigid.depositStatus(one.commitment, one.patient)
    expect(counts).toMatchObject({ status: 'pending', counts: { approvals: 0, rejections: 2 } })
    await world.pass(day)
    const standing = await brigid.depositStatus(one.commitment, one.patient)
    if (standing.status !== 'rejected') throw new Error(`It is ${standing.status}.`)
    expect(standing.reasons.map(({ by, choice }) => `${by.name}: ${choice}`).sort()).toEqual([
      'Hartmoor: wrong-patient',
      'Riverside: implausible',
    ])
    expect(await brigid.mayMigrate(one.commitment, one.patient)).toEqual({
      allowed: false,
      because: 'rejected',
    })
    expect(await reasonOf(first.vote(review, 'approve'))).toBe('voting-over')
  }, 40_000)
})

const voteData = ({ id }: Review) =>
  voteTypedData(relay.network, {
    deposit: id,
    voter: author.id,
    choice: 'approve',
    round: 1,
    deadline: now(),
  })
