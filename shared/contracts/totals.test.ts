import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeOpenDeposit, encodeVote, readVotes } from './attestations.ts'
import { encodeAnchor, encodeGrant } from './calls.ts'
import { submit } from './submit.ts'
import { nameTestSupporters, signTestDeposit, signTestVote } from './test-attestations.ts'
import { confirmTestDeposit } from './test-credits.ts'
import {
  newPatient,
  signTestAnchor,
  signTestGrant,
  startTestLedger,
  type TestLedger,
  type TestOrganization,
} from './test-ledger.ts'
import { readTotals } from './totals.ts'

const day = 24 * 60 * 60

let world: TestLedger
let supporters: TestOrganization[]
beforeAll(async () => {
  world = await startTestLedger()
  supporters = await nameTestSupporters(world, ['one', 'two', 'three'])
})
afterAll(() => world.stop())

it('counts records of every version, consents, and deposits by where they stand', async () => {
  const { deployed, ledger, wallet, stBrigid } = world
  expect(await readTotals(ledger)).toMatchObject({ records: 0, grants: 0, byAuthor: [] })

  const { patient, claimed } = await confirmTestDeposit(world, supporters, 'confirmed')
  const next = await signTestAnchor(world, patient, 'second version', { previous: claimed.commitment })
  await submit(wallet, encodeAnchor(deployed, next))
  await submit(wallet, encodeGrant(deployed, await signTestGrant(world, newPatient())))
  // Never accepted: one without a vote, one with a quorum.
  const open = async (statement: string) => {
    const { anchor } = await signTestAnchor(world, newPatient(), statement)
    const signed = await signTestDeposit(world, anchor)
    await submit(wallet, encodeOpenDeposit(deployed, signed))
    return signed
  }
  await open('nobody voted')
  const voted = await open('voted for')
  for (const [index, { voter }] of (await readVotes(ledger, voted.id)).slice(0, 2).entries()) {
    const supporter = supporters.find(({ id }) => id === voter)
    if (!supporter) throw new Error('Only those given are named.')
    const vote = await signTestVote(world, supporter, voted.id, 'approve', 1)
    await submit(wallet, encodeVote(deployed, vote, index))
  }
  const deposits = { pending: 2, confirmed: 1, rejected: 0 }
  expect(await readTotals(ledger)).toEqual({
    records: 2,
    grants: 1,
    revocations: 0,
    accesses: 0,
    deposits,
    byAuthor: [{ author: stBrigid.id, records: 2, deposits }],
  })

  await world.passTime(8 * day)
  expect((await readTotals(ledger)).deposits).toEqual({ pending: 1, confirmed: 1, rejected: 1 })
})
