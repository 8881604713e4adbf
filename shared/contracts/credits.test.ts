import { afterAll, beforeAll, expect, it } from 'vitest'
import { NO_HASH, pseudonymSchema } from '../protocol/ids.ts'
import { encodeSuspend } from './authority.ts'
import { simulate } from './calls.ts'
import { encodeClawBack, prepareClaim, readCredit, readStanding, readStandings } from './credits.ts'
import { encodeDispute, encodeResolveDispute } from './disputes.ts'
import { submit } from './submit.ts'
import { nameTestSupporters } from './test-attestations.ts'
import { confirmTestDeposit, signTestAppraisal, signTestCandidacy, signTestDispute } from './test-credits.ts'
import { newPatient, startTestLedger, type TestLedger, type TestOrganization } from './test-ledger.ts'
import { encodeCandidacy, encodeElect, encodeProposeSeats, readSeats } from './validators.ts'

let world: TestLedger
let supporters: TestOrganization[]
beforeAll(async () => {
  world = await startTestLedger({ seats: 4 })
  supporters = await nameTestSupporters(world, ['one', 'two', 'three'])
})
afterAll(() => world.stop())

it('credits a confirmed record, more once a quorum appraised it, and takes it all back when a dispute is upheld', async () => {
  const { deployed, ledger, stBrigid, wallet } = world
  const { patient, id, claimed } = await confirmTestDeposit(world, supporters, 'appraised')
  const claim = await prepareClaim(ledger, claimed)
  await submit(wallet, claim)
  expect(await readCredit(ledger, id)).toEqual({ points: 1, clawedBack: false })
  expect((await simulate(ledger, claim, wallet.account.address))?.reason).toBe('credit-exists')

  const voters = supporters.slice(0, 2)
  const appraisals = await Promise.all(voters.map((voter) => signTestAppraisal(world, voter, id)))
  await submit(wallet, await prepareClaim(ledger, claimed, appraisals.reverse()))
  expect(await readCredit(ledger, id)).toEqual({ points: 2, clawedBack: false })
  expect(await readStanding(ledger, stBrigid.id)).toBe(24)
  expect(await readStanding(ledger, voters[0]?.id ?? stBrigid.id)).toBe(0)
  expect((await readStandings(ledger))[0]).toEqual({
    organization: stBrigid.id,
    name: stBrigid.registration.name,
    weight: 24,
  })

  const back = encodeClawBack(deployed, claimed)
  expect((await simulate(ledger, back, wallet.account.address))?.reason).toBe('credit-refused')
  await submit(wallet, encodeDispute(deployed, await signTestDispute(world, patient, claimed.commitment)))
  const subject = pseudonymSchema.parse(patient.address)
  const answer = { subject, commitment: claimed.commitment, upheld: true, findingsHash: NO_HASH }
  await submit(wallet, encodeResolveDispute(deployed, answer))
  await submit(wallet, back)
  expect(await readStanding(ledger, stBrigid.id)).toBe(0)
  expect((await simulate(ledger, claim, wallet.account.address))?.reason).toBe('credit-refused')
})

it('elects fewer than a third of the producers by credits, and passes over who is suspended', async () => {
  const { deployed, ledger, lindqvist, stBrigid, wallet } = world
  const [seat, other] = [newPatient().address, newPatient().address]
  await submit(wallet, encodeCandidacy(deployed, await signTestCandidacy(world, stBrigid, seat)))
  await submit(wallet, encodeCandidacy(deployed, await signTestCandidacy(world, lindqvist, other)))
  const { claimed } = await confirmTestDeposit(world, supporters, 'for the election')
  await submit(wallet, await prepareClaim(ledger, claimed))
  await submit(wallet, encodeElect(deployed))
  const seats = await readSeats(ledger)
  expect(seats.elected).toEqual([stBrigid.id])
  expect(seats.candidates).toEqual([stBrigid.id, lindqvist.id])
  expect(seats.validators).toEqual([...seats.appointed, seat.toLowerCase()])
  expect((await simulate(ledger, encodeElect(deployed), wallet.account.address))?.reason).toBe(
    'election-refused',
  )
  const proposal = encodeProposeSeats(deployed, seats.appointed)
  expect((await simulate(ledger, proposal, newPatient().address))?.reason).toBe('forbidden')

  await submit(wallet, encodeSuspend(deployed, stBrigid.id))
  expect((await readSeats(ledger)).validators).toEqual(seats.appointed)
})
