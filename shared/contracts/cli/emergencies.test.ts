import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { encodeEmergencyOpening, encodeEmergencyPolicy } from '../emergency.ts'
import { hashFindings } from '../findings.ts'
import { emergencyAccessAbi } from '../generated/emergency-access.ts'
import { submit } from '../submit.ts'
import { registerTestMedic, signTestOpening, signTestPolicy } from '../test-emergency.ts'
import { newPatient, startTestLedger, type TestLedger } from '../test-ledger.ts'
import { runScript, storyMs, testKeys, writeTestNetwork } from './test-program.ts'

vi.setConfig({ testTimeout: storyMs })

let world: TestLedger
let dir: string
let opened: string

beforeAll(async () => {
  world = await startTestLedger()
  dir = mkdtempSync(join(tmpdir(), 'carekey-emergencies-'))
  writeTestNetwork(join(dir, 'network.json'), world)
  const patient = newPatient()
  const medic = await registerTestMedic(world)
  await submit(world.wallet, encodeEmergencyPolicy(world.deployed, await signTestPolicy(world, patient)))
  const opening = await signTestOpening(world, medic, patient)
  await submit(world.wallet, encodeEmergencyOpening(world.deployed, opening))
  opened = opening.id
})
afterAll(async () => {
  await world.stop()
  rmSync(dir, { recursive: true, force: true })
})

const authority = (...args: string[]) =>
  runScript('authority.ts', args, { CAREKEY_NETWORK: join(dir, 'network.json'), CAREKEY_KEY: testKeys.admin })
const answer = async (...args: string[]) => JSON.parse((await authority(...args, '--json')).stdout)
const review = ['review-emergency', '--verdict', 'justified', '--findings', 'Found unconscious.']

it('lists a case, whose review is owed once it is over and only then', async () => {
  expect(await answer('emergencies')).toMatchObject([{ id: opened, state: 'waiting', review: null }])
  expect(await answer('emergencies', '--owed')).toEqual([])
  expect((await authority(...review, '--case', opened)).stderr).toMatch(/is not over before \d{4}-\d\d-\d\d/)
  await world.passTime(3 * 60 * 60)
  expect(await answer('emergencies', '--owed')).toMatchObject([{ id: opened, state: 'closed' }])
  expect((await authority('emergencies')).stdout).toMatch(/closed +cannot-consent +owed/)
})

it('states a review once, keeping of the findings a salted hash', async () => {
  const { outcome, salt, findingsHash } = await answer(...review, '--case', opened)
  expect(outcome).toBe('done')
  expect(findingsHash).toBe(hashFindings('Found unconscious.', salt))
  const [stated] = await world.ledger.client.getContractEvents({
    abi: emergencyAccessAbi,
    address: world.deployed.contracts.emergencyAccess,
    eventName: 'CaseReviewed',
    fromBlock: 0n,
    strict: true,
  })
  expect(stated?.args).toMatchObject({ id: opened, justified: true, findingsHash })
  expect((await answer(...review, '--case', opened)).outcome).toBe('unchanged')
  expect(await answer('emergencies', '--owed')).toEqual([])
})

it('refuses a case that nobody opened, and a verdict that is none', async () => {
  const nobody = `0x${'7'.repeat(64)}`
  expect((await authority(...review, '--case', nobody)).stderr).toMatch(/No emergency was opened/)
  expect((await authority(...review, '--case', opened, '--verdict', 'maybe')).stderr).toMatch(
    /--verdict maybe is not one of justified, unjustified/,
  )
})
