import { afterAll, beforeAll, expect, it } from 'vitest'
import { addressSchema } from '../protocol/ids.ts'
import { encodeReinstate, encodeSuspend } from './authority.ts'
import { simulate } from './calls.ts'
import { readHead } from './ledger.ts'
import {
  encodeRegisterPractitioner,
  encodeReinstatePractitioner,
  encodeSuspendPractitioner,
  encodeUpdatePractitioner,
  isPractitionerAccredited,
  listPractitioners,
  type PractitionerStatement,
  practitionerIdOf,
  readPractitioner,
  readPractitionerAt,
  readPractitionerOfSigner,
} from './practitioners.ts'
import { submit } from './submit.ts'
import { newPatient, startTestLedger, type TestLedger } from './test-ledger.ts'

let world: TestLedger
beforeAll(async () => {
  world = await startTestLedger()
})
afterAll(() => world.stop())

const statement = (role: PractitionerStatement['role'] = 'emergency'): PractitionerStatement => ({
  role,
  signer: addressSchema.parse(newPatient().address),
  validFrom: world.startedAt - 60,
  validUntil: world.startedAt + 86_400,
})

it('registers, finds, lists, updates and remembers a practitioner', async () => {
  const { deployed, ledger, wallet, lindqvist } = world
  const id = practitionerIdOf('https://lindqvist.example/practitioners/okoro')
  expect(await readPractitioner(ledger, id)).toBeNull()
  const first = statement()
  await submit(wallet, encodeRegisterPractitioner(deployed, id, lindqvist.id, first))
  const then = await readHead(ledger)
  const practitioner = { id, organization: lindqvist.id, ...first, suspended: false }
  expect(await readPractitioner(ledger, id)).toEqual(practitioner)
  expect(await readPractitionerOfSigner(ledger, first.signer)).toEqual(practitioner)
  expect(await listPractitioners(ledger)).toContainEqual(practitioner)
  const next = statement('nurse')
  await submit(wallet, encodeUpdatePractitioner(deployed, id, next))
  expect(await readPractitionerOfSigner(ledger, first.signer)).toBeNull()
  expect(await readPractitioner(ledger, id)).toMatchObject(next)
  expect(await readPractitionerAt(ledger, id, then.blockNumber)).toMatchObject(first)
  expect(await readPractitionerAt(ledger, id, then.blockNumber - 1)).toBeNull()
})

it('is accredited while neither the practitioner nor the organization is suspended', async () => {
  const { deployed, ledger, wallet, lindqvist } = world
  const id = practitionerIdOf('https://lindqvist.example/practitioners/farah')
  await submit(wallet, encodeRegisterPractitioner(deployed, id, lindqvist.id, statement()))
  const seen = [await isPractitionerAccredited(ledger, id)]
  for (const call of [
    encodeSuspendPractitioner(deployed, id),
    encodeReinstatePractitioner(deployed, id),
    encodeSuspend(deployed, lindqvist.id),
    encodeReinstate(deployed, lindqvist.id),
  ]) {
    await submit(wallet, call)
    seen.push(await isPractitionerAccredited(ledger, id))
  }
  expect(seen).toEqual([true, false, true, false, true])
})

it('refuses a stranger, an unknown practitioner and a taken key, each with its reason', async () => {
  const { deployed, ledger, wallet, stBrigid } = world
  const id = practitionerIdOf('https://st-brigid.example/practitioners/1')
  const register = encodeRegisterPractitioner(deployed, id, stBrigid.id, statement())
  expect((await simulate(ledger, register, newPatient().address))?.reason).toBe('forbidden')
  const { address } = wallet.account
  const update = encodeUpdatePractitioner(deployed, id, statement())
  expect((await simulate(ledger, update, address))?.reason).toBe('practitioner-unknown')
  await submit(wallet, register)
  expect((await simulate(ledger, register, address))?.reason).toBe('registration-refused')
})
