import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeOpenDeposit, encodeVote } from '../../shared/contracts/attestations.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { depositIdOf, type VoteChoice, voteTypedData } from '../../shared/protocol/attestation.ts'
import { signatureSchema } from '../../shared/protocol/ids.ts'
import type { DepositOffer } from '../../shared/protocol/provider.ts'
import { recordStanding, recordStandings } from './standing.ts'
import type { Organization } from './testing/chain.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Life, newDisk, readyRequest, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

let setting: Setting
let brigid: Hospital
let supporters: Organization[]
let life: Life

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  const names = ['Elm Road Surgery', 'Northfield Hospital', 'Lindqvist Clinic']
  const hospitals: Organization[] = []
  for (const name of names) hospitals.push((await setting.hospital(name)).organization)
  supporters = await setting.chain.support(brigid.organization, hospitals)
  life = startLife(setting.chain, setting.relay, newDisk(setting.relay))
}, 60_000)
afterAll(() => setting.chain.stop())

async function depositOne(): Promise<DepositOffer> {
  const offer = await brigid.offer(await connect(life, brigid), { review: { supporters } })
  const answer = life.call({ origin: brigid.organization.origin }, 'care_deposit', offer)
  const { id } = await readyRequest(life, 'deposit')
  await life.broker.decide(id, { outcome: 'approve', letReview: true })
  await answer
  return offer
}

async function vote({ anchor, author }: DepositOffer, index: number, choice: VoteChoice): Promise<void> {
  const { network, wallet } = setting.chain
  const supporter = supporters[index] ?? expect.fail()
  const deposit = depositIdOf(author, anchor.commitment, anchor.subject)
  const deadline = (await setting.chain.time()) + 3_600
  const ballot = { deposit, voter: supporter.id, choice, round: 1, deadline }
  const signature = await supporter.account.signTypedData(voteTypedData(network, ballot))
  await submit(
    wallet,
    encodeVote(network, { vote: ballot, signature: signatureSchema.parse(signature) }, index),
  )
}

const standingOf = async ({ anchor }: DepositOffer) => {
  const record = await life.world.tables.records.get(anchor.commitment)
  return await recordStanding(life.world, record ?? expect.fail())
}

it('follows a record on the ledger, from nobody asked to confirmed', async () => {
  const offer = await depositOne()
  const { network, wallet } = setting.chain
  expect(await standingOf(offer)).toEqual({
    state: 'unasked',
    tally: null,
    votes: [],
    answer: 'granted',
    dispute: null,
    withdrawn: null,
  })
  await submit(wallet, encodeOpenDeposit(network, offer.review ?? expect.fail()))
  await vote(offer, 0, 'approve')
  await vote(offer, 1, 'implausible')
  const pending = await standingOf(offer)
  expect(pending).toMatchObject({ state: 'pending', tally: { approvals: 1, supporters: 3, quorum: 2 } })
  expect(pending.votes.map(({ organization, choice }) => [organization.name, choice])).toEqual([
    [supporters[0]?.name, 'approve'],
    [supporters[1]?.name, 'implausible'],
    [supporters[2]?.name, null],
  ])
  await vote(offer, 2, 'approve')
  expect(await standingOf(offer)).toMatchObject({ state: 'confirmed', tally: { approvals: 2 } })
  const { commitment } = offer.anchor
  expect(await recordStandings(life.world)).toEqual([{ commitment, state: 'confirmed' }])
})

it('tells of a record that too few found right in time', async () => {
  const offer = await depositOne()
  await submit(setting.chain.wallet, encodeOpenDeposit(setting.chain.network, offer.review ?? expect.fail()))
  await vote(offer, 0, 'wrong-patient')
  await setting.chain.pass(8 * 24 * 3_600)
  expect(await standingOf(offer)).toMatchObject({ state: 'rejected', tally: { approvals: 0, quorum: 2 } })
})
