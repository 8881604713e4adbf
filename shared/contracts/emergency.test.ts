import { keccak256, stringToBytes } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { guardianLeafOf } from '../protocol/emergency.ts'
import { pseudonymSchema } from '../protocol/ids.ts'
import { batchOf } from './batches.ts'
import { simulate } from './calls.ts'
import {
  encodeEmergencyOpening,
  encodeEmergencyPolicy,
  encodeEmergencyReview,
  encodeEmergencyVeto,
  mayReleaseEmergencyShare,
  readEmergencyCase,
  readEmergencyTerms,
} from './emergency.ts'
import { submit } from './submit.ts'
import {
  registerTestMedic,
  signTestOpening,
  signTestPolicy,
  signTestVeto,
  type TestPractitioner,
} from './test-emergency.ts'
import { newPatient, startTestLedger, type TestLedger } from './test-ledger.ts'

let world: TestLedger
let medic: TestPractitioner
beforeAll(async () => {
  world = await startTestLedger()
  medic = await registerTestMedic(world)
})
afterAll(() => world.stop())

const refusalOf = async (call: Parameters<typeof simulate>[1]) =>
  (await simulate(world.ledger, call, world.wallet.account.address))?.reason ?? null

it('vetoes by a guardian, and shows the review that was owed', async () => {
  const { deployed, ledger, wallet } = world
  const patient = newPatient()
  const guardian = newPatient()
  const salt = keccak256(stringToBytes('salt'))
  const leaf = guardianLeafOf(pseudonymSchema.parse(guardian.address), salt)
  const { root, inclusions } = batchOf([leaf, keccak256(leaf)])
  const [inclusion] = inclusions
  const signed = await signTestPolicy(world, patient, { guardians: root as `0x${string}` })
  expect(await readEmergencyTerms(ledger, signed.policy.patient)).toBeNull()
  await submit(wallet, encodeEmergencyPolicy(deployed, signed))
  const { organizations, deadline, ...terms } = signed.policy
  expect(await readEmergencyTerms(ledger, signed.policy.patient)).toEqual(terms)
  expect(organizations).toEqual([])
  expect(deadline).toBeGreaterThan(0)
  const opened = await signTestOpening(world, medic, patient)
  expect(await readEmergencyCase(ledger, opened.opening.patient, opened.id)).toBeNull()
  await submit(wallet, encodeEmergencyOpening(deployed, opened))
  expect(await readEmergencyCase(ledger, opened.opening.patient, opened.id)).toMatchObject({
    state: 'waiting',
    review: null,
  })
  const proven = { salt, proof: inclusion?.proof ?? [] }
  const stranger = await signTestVeto(world, newPatient(), opened.opening, opened.id, proven)
  expect(await refusalOf(encodeEmergencyVeto(deployed, stranger))).toBe('forbidden')
  const veto = await signTestVeto(world, guardian, opened.opening, opened.id, proven)
  await submit(wallet, encodeEmergencyVeto(deployed, veto))
  expect(await refusalOf(encodeEmergencyVeto(deployed, veto))).toBe('emergency-over')
  const findings = { justified: false, findingsHash: keccak256(stringToBytes('findings')) }
  await submit(wallet, encodeEmergencyReview(deployed, opened.opening.patient, opened.id, findings))
  expect(await readEmergencyCase(ledger, opened.opening.patient, opened.id)).toMatchObject({
    state: 'vetoed',
    review: { justified: false },
  })
})

it('lets holders release in the window alone', async ({ skip }) => {
  skip(!world.canPassTime, 'This ledger’s clock is its own.')
  const { deployed, ledger, wallet, stBrigid, lindqvist } = world
  const patient = newPatient()
  const opened = await signTestOpening(world, medic, patient)
  expect(await refusalOf(encodeEmergencyOpening(deployed, opened))).toBe('emergency-refused')
  const list = [stBrigid.id, lindqvist.id]
  const signed = await signTestPolicy(world, patient, { organizations: list })
  await submit(wallet, encodeEmergencyPolicy(deployed, signed))
  expect(await refusalOf(encodeEmergencyOpening(deployed, opened))).toBe('emergency-refused')
  await submit(wallet, encodeEmergencyOpening(deployed, opened, list))
  const seen = [await mayReleaseEmergencyShare(ledger, opened.opening)]
  for (const seconds of [600, 7_200]) {
    await world.passTime(seconds)
    seen.push(await mayReleaseEmergencyShare(ledger, opened.opening))
  }
  expect(seen).toEqual([false, true, false])
  expect(await readEmergencyCase(ledger, opened.opening.patient, opened.id)).toMatchObject({
    state: 'closed',
  })
})
