import { keccak256, stringToBytes } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tombstoneTypedData } from '../protocol/dispute.ts'
import { commitmentSchema, NO_HASH, pseudonymSchema, signatureSchema } from '../protocol/ids.ts'
import { simulate } from './calls.ts'
import {
  encodeDispute,
  encodeResolveDispute,
  encodeTombstone,
  readDispute,
  readDisputes,
} from './disputes.ts'
import { submit } from './submit.ts'
import { signTestDispute } from './test-credits.ts'
import { newPatient, startTestLedger, type TestLedger } from './test-ledger.ts'

const day = 24 * 60 * 60
const commitment = commitmentSchema.parse(keccak256(stringToBytes('a bill')))

let world: TestLedger
beforeAll(async () => {
  world = await startTestLedger()
})
afterAll(() => world.stop())

it('opens a dispute by the patient’s signature and closes it by an adjudicator’s answer', async () => {
  const { deployed, ledger, wallet } = world
  const patient = newPatient()
  const subject = pseudonymSchema.parse(patient.address)
  const call = encodeDispute(deployed, await signTestDispute(world, patient, commitment))
  await submit(wallet, call)
  expect((await simulate(ledger, call, wallet.account.address))?.reason).toBe('dispute-exists')
  expect(await readDispute(ledger, subject, commitment)).toMatchObject({
    status: 'open',
    reason: 'not-correct',
  })
  expect(await readDisputes(ledger, { commitment })).toMatchObject([{ subject, reason: 'not-correct' }])

  const answer = encodeResolveDispute(deployed, { subject, commitment, upheld: true, findingsHash: NO_HASH })
  expect((await simulate(ledger, answer, patient.address))?.reason).toBe('forbidden')
  await submit(wallet, answer)
  expect(await readDispute(ledger, subject, commitment)).toMatchObject({ status: 'upheld' })
  expect((await simulate(ledger, answer, wallet.account.address))?.reason).toBe('dispute-unknown')
})

it('keeps a stranger’s dispute about the same record apart from the patient’s', async () => {
  const { deployed, ledger, wallet } = world
  await submit(wallet, encodeDispute(deployed, await signTestDispute(world, newPatient(), commitment)))
  const subject = pseudonymSchema.parse(newPatient().address)
  expect(await readDispute(ledger, subject, commitment)).toMatchObject({ status: 'none', reason: null })
})

it('sets a tombstone once', async () => {
  const { deployed, ledger, startedAt, wallet } = world
  const patient = newPatient()
  const subject = pseudonymSchema.parse(patient.address)
  const deadline = startedAt + day
  const signature = await patient.signTypedData(tombstoneTypedData(deployed, { commitment, deadline }))
  const call = encodeTombstone(deployed, {
    subject,
    commitment,
    deadline,
    signature: signatureSchema.parse(signature),
  })
  await submit(wallet, call)
  const { tombstonedAt } = await readDispute(ledger, subject, commitment)
  expect(tombstonedAt).toBeGreaterThanOrEqual(startedAt)
  expect((await simulate(ledger, call, wallet.account.address))?.reason).toBe('tombstone-exists')
})
