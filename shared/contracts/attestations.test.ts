import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  encodeApproveSupport,
  encodeNameSupporters,
  encodeOpenDeposit,
  encodeVote,
  encodeWithdrawSupport,
  readSupporters,
  readTally,
  readVotes,
} from './attestations.ts'
import { encodeAnchor, simulate } from './calls.ts'
import { encodeClaim } from './credits.ts'
import { submit } from './submit.ts'
import { nameTestSupporters, signTestDeposit, signTestVote } from './test-attestations.ts'
import {
  newPatient,
  signTestAnchor,
  startTestLedger,
  type TestLedger,
  type TestOrganization,
} from './test-ledger.ts'

let world: TestLedger
let supporters: TestOrganization[]
let patient: PrivateKeyAccount
beforeAll(async () => {
  world = await startTestLedger()
  supporters = await nameTestSupporters(world, ['one', 'two', 'three'])
})
afterAll(() => world.stop())

it('names supporters that a registrar approved, and loses one whom it withdraws', async () => {
  const { deployed, ledger, wallet, lindqvist, stBrigid } = world
  const { supporters: named, round } = await readSupporters(ledger, stBrigid.id)
  expect(named).toEqual(supporters.map(({ id }) => id))
  expect(round).toBe(1)
  const { address } = wallet.account
  const mutual = encodeApproveSupport(deployed, named[0] ?? stBrigid.id, stBrigid.id)
  expect((await simulate(ledger, mutual, address))?.reason).toBe('support-refused')
  await submit(wallet, encodeApproveSupport(deployed, stBrigid.id, lindqvist.id))
  await submit(wallet, encodeWithdrawSupport(deployed, stBrigid.id, lindqvist.id))
  expect((await readSupporters(ledger, stBrigid.id)).supporters).toEqual(named)
})

it('never confirms a deposit over what the patient accepted from another author', async () => {
  const { deployed, ledger, lindqvist, wallet } = world
  const accepted = await signTestAnchor(world, newPatient(), 'copied', {}, lindqvist)
  await submit(wallet, encodeAnchor(deployed, accepted))
  const signed = await signTestDeposit(world, accepted.anchor)
  await submit(wallet, encodeOpenDeposit(deployed, signed))
  for (const [index, voter] of supporters.entries()) {
    const vote = await signTestVote(world, voter, signed.id, 'approve', 1)
    await submit(wallet, encodeVote(deployed, vote, index))
  }
  expect(await readTally(ledger, signed.deposit)).toMatchObject({
    status: 'pending',
    accepted: false,
    approvals: 3,
    quorum: 2,
  })
  const claim = encodeClaim(deployed, signed.deposit)
  expect((await simulate(ledger, claim, wallet.account.address))?.reason).toBe('credit-refused')
})

it('confirms a deposit when the patient accepted it and two of three voted for it', async () => {
  const { deployed, ledger, wallet } = world
  patient = newPatient()
  const accepted = await signTestAnchor(world, patient, 'a bill')
  const signed = await signTestDeposit(world, accepted.anchor)
  const { deposit, id } = signed
  expect(await readTally(ledger, deposit)).toMatchObject({ status: 'none', quorum: 0 })
  await submit(wallet, encodeOpenDeposit(deployed, signed))
  await submit(wallet, encodeAnchor(deployed, accepted))
  const cast = async (index: number, choice: 'approve' | 'wrong-amount', round: number) => {
    const voter = supporters[index]
    if (!voter) throw new Error('There are three.')
    await submit(wallet, encodeVote(deployed, await signTestVote(world, voter, id, choice, round), index))
  }
  await cast(0, 'approve', 1)
  await cast(1, 'wrong-amount', 1)
  const pending = { status: 'pending', accepted: true, approvals: 1, rejections: 1, supporters: 3, quorum: 2 }
  expect(await readTally(ledger, deposit)).toMatchObject(pending)
  await cast(1, 'approve', 2)
  expect(await readTally(ledger, deposit)).toMatchObject({ status: 'confirmed', approvals: 2, rejections: 0 })
  expect(await readVotes(ledger, id)).toEqual([
    { voter: supporters[0]?.id, choice: 'approve', round: 1 },
    { voter: supporters[1]?.id, choice: 'approve', round: 2 },
    { voter: supporters[2]?.id, choice: null, round: 0 },
  ])
  const [, second, third] = supporters
  if (!second || !third) throw new Error('There are three.')
  await cast(2, 'wrong-amount', 1)
  expect(await readTally(ledger, deposit)).toMatchObject({ status: 'confirmed', approvals: 2, rejections: 1 })
  const breaking = encodeVote(deployed, await signTestVote(world, second, id, 'other', 3), 1)
  expect((await simulate(ledger, breaking, wallet.account.address))?.reason).toBe('voting-over')
  const foreign = encodeNameSupporters(deployed, {
    naming: { author: world.lindqvist.id, supporters: [third.id], round: 1, deadline: deposit.deadline },
    signature: `0x${'11'.repeat(65)}`,
  })
  expect((await simulate(ledger, foreign, wallet.account.address))?.reason).toBe('support-refused')
})
