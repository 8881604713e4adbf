import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeRegister, encodeReinstate, encodeSuspend, encodeUpdate } from './authority.ts'
import { readHead } from './ledger.ts'
import {
  accreditationRefusal,
  listOrganizations,
  organizationIdOf,
  readOrganization,
  readOrganizationOfOrigin,
  readOrganizationOfSigner,
  readStandingAt,
} from './organizations.ts'
import { submit } from './submit.ts'
import { newPatient, startTestLedger, type TestLedger } from './test-ledger.ts'

let world: TestLedger
beforeAll(async () => {
  world = await startTestLedger()
})
afterAll(() => world.stop())

it('reads an organization by id, origin and signer', async () => {
  const { ledger, stBrigid } = world
  const expected = { id: stBrigid.id, suspended: false, ...stBrigid.registration }
  expect(await readOrganization(ledger, stBrigid.id)).toEqual(expected)
  expect(await readOrganizationOfOrigin(ledger, 'https://st-brigid.example')).toEqual(expected)
  expect(await readOrganizationOfSigner(ledger, stBrigid.signer.address)).toEqual(expected)
})

it('answers null for whoever nobody registered', async () => {
  const { ledger } = world
  expect(await readOrganization(ledger, organizationIdOf('https://nobody.example'))).toBeNull()
  expect(await readOrganizationOfOrigin(ledger, 'https://nobody.example')).toBeNull()
  expect(await readOrganizationOfOrigin(ledger, 'https://ST-BRIGID.example')).toBeNull()
  expect(await readOrganizationOfSigner(ledger, newPatient().address)).toBeNull()
})

it('lists all in the order of registration, and one that cannot be used hides no other', async () => {
  const { ledger, wallet, deployed, stBrigid, lindqvist } = world
  const signer = newPatient().address
  const broken = { ...stBrigid.registration, signer, origins: ['no origin at all'], recipient: 'age1pq1x' }
  await submit(
    wallet,
    encodeRegister(deployed, organizationIdOf('https://broken.example'), {
      ...broken,
      signer: signer.toLowerCase() as `0x${string}`,
    }),
  )
  const third = await world.accredit('Third Hospital', 'third.example')
  expect((await listOrganizations(ledger)).map(({ id }) => id)).toEqual([stBrigid.id, lindqvist.id, third.id])
})

it('tells what held at an earlier block after a suspension and a rotated key', async () => {
  const { ledger, wallet, deployed } = world
  const clinic = await world.accredit('Rotating Clinic', 'rotating.example')
  const registered = await readHead(ledger)
  await submit(wallet, encodeSuspend(deployed, clinic.id))
  const suspended = await readHead(ledger)
  await submit(wallet, encodeReinstate(deployed, clinic.id))
  const next = newPatient().address.toLowerCase() as `0x${string}`
  await submit(wallet, encodeUpdate(deployed, clinic.id, { ...clinic.registration, signer: next }))
  const rotated = await readHead(ledger)

  const at = (blockNumber: number) => readStandingAt(ledger, clinic.id, blockNumber)
  expect(await at(registered.blockNumber - 1)).toBeNull()
  expect(await at(registered.blockNumber)).toMatchObject({
    signer: clinic.registration.signer,
    suspended: false,
  })
  expect(await at(suspended.blockNumber)).toMatchObject({ suspended: true })
  expect(await at(rotated.blockNumber)).toMatchObject({ signer: next, suspended: false })
  expect((await readOrganization(ledger, clinic.id))?.signer).toBe(next)
  await expect(at(rotated.blockNumber + 50)).rejects.toMatchObject({ reason: 'params-invalid' })
})

it('names why an organization is not accredited', () => {
  const standing = { suspended: false, validFrom: 100, validUntil: 200 }
  expect(accreditationRefusal(null, 150)).toBe('organization-unknown')
  expect(accreditationRefusal({ ...standing, suspended: true }, 150)).toBe('organization-suspended')
  expect(accreditationRefusal(standing, 99)).toBe('organization-expired')
  expect(accreditationRefusal(standing, 100)).toBeNull()
  expect(accreditationRefusal(standing, 199)).toBeNull()
  expect(accreditationRefusal(standing, 200)).toBe('organization-expired')
})

it('refuses a registration by anyone but a registrar, an origin taken, a signer taken', async () => {
  const { wallet, deployed, stBrigid, lindqvist } = world
  const id = organizationIdOf('https://impostor.example')
  const signer = newPatient().address.toLowerCase() as `0x${string}`
  const impostor = { ...stBrigid.registration, signer }
  await expect(submit(wallet, encodeRegister(deployed, id, impostor))).rejects.toMatchObject({
    reason: 'registration-refused',
    data: { error: 'OriginTaken' },
  })
  const { signer: taken } = lindqvist.registration
  const twin = { ...impostor, origins: ['https://impostor.example'], signer: taken }
  await expect(submit(wallet, encodeRegister(deployed, id, twin))).rejects.toMatchObject({
    data: { error: 'SignerTaken' },
  })
})
