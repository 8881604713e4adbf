import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  encodeRegisterPractitioner,
  encodeSuspendPractitioner,
  practitionerIdOf,
} from '../../contracts/practitioners.ts'
import { anchorTypedData } from '../../protocol/anchor.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { addressSchema, type PractitionerId } from '../../protocol/ids.ts'
import type { Role } from '../../protocol/roles.ts'
import type { Statement } from '../../protocol/statement.ts'
import {
  acceptAnchor,
  type GivenGrant,
  giveGrant,
  type KeptRecord,
  keepRecord,
  newAccount,
  newRecipient,
  now,
  signed,
} from '../testing/patient.ts'
import { startWorld, type TestOrganization, type World } from '../testing/world.ts'
import { ledgerClient } from './ledger.ts'
import { openGrant } from './open-grant.ts'
import { readOptions } from './options.ts'

let world: World
let hospital: TestOrganization
let clinic: TestOrganization
let patient: PrivateKeyAccount
let vault: string
let registered = 0

interface Person {
  id: PractitionerId
  account: PrivateKeyAccount
}

beforeAll(async () => {
  world = await startWorld()
  hospital = await world.register('St. Brigid Hospital')
  clinic = await world.register('Lindqvist Clinic')
  patient = newAccount()
  vault = (await newRecipient()).recipient
})
afterAll(() => world.stop())

async function register(role: Role, at: TestOrganization): Promise<Person> {
  const account = newAccount()
  registered += 1
  const id = practitionerIdOf(`https://practitioners.example/${registered}`)
  const statement = {
    role,
    signer: addressSchema.parse(account.address),
    validFrom: now() - 3_600,
    validUntil: now() + 86_400,
  }
  await world.send(encodeRegisterPractitioner(world.network, id, at.id, statement))
  return { id, account }
}
const suspend = ({ id }: Person) => world.send(encodeSuspendPractitioner(world.network, id))

/** A record that its practitioner signed beside the hospital. */
async function recordBy(person: Person, statement: Partial<Statement> = {}): Promise<KeptRecord> {
  const subject = newAccount()
  const wish = { author: hospital, subject, statement: { practitionerId: person.id, ...statement } }
  const record = await keepRecord(world, vault, { ...wish, unanchored: true })
  const signature = await signed(person.account, anchorTypedData(world.network, record.anchor.anchor))
  const anchor = { ...record.anchor, practitionerSignature: { id: person.id, signature } }
  await acceptAnchor(world, subject, anchor)
  return { ...record, anchor }
}

async function open({ granted, files }: GivenGrant) {
  const settings = await readOptions({ network: world.network, organization: clinic.options })
  const fetcher = {
    fetchSealed: async ({ cid }: { cid: string }) => {
      const bytes = files.get(cid)
      if (!bytes) throw new CarekeyError('not-found', 'There is nothing under this CID.')
      return { bytes, transport: 'gateway' as const }
    },
    stop: async () => undefined,
  }
  const relay = { submission: () => Promise.reject(new CarekeyError('not-found', 'Nothing was given.')) }
  return openGrant({ settings, ledger: ledgerClient(world.network), fetcher, relay }, granted)
}
const give = (...records: KeptRecord[]) => giveGrant(world, { patient, grantee: clinic, records })
const reasonOf = (opening: Promise<unknown>) =>
  opening.then(
    () => 'opened',
    (error: unknown) => (error instanceof CarekeyError ? error.reason : error),
  )

describe('a record that a practitioner signed', () => {
  it('says who, in which role', async () => {
    const doctor = await register('physician', hospital)
    const { records } = await open(await give(await recordBy(doctor)))
    expect(records[0]?.verified.practitioner).toEqual({ id: doctor.id, role: 'physician' })
  })

  it('stays good when its practitioner is suspended later, and never was when suspended before', async () => {
    const doctor = await register('physician', hospital)
    const before = await recordBy(doctor)
    await suspend(doctor)
    expect(await reasonOf(open(await give(before)))).toBe('opened')
    expect(await reasonOf(open(await give(await recordBy(doctor))))).toBe('practitioner-suspended')
  })

  it('is refused beyond the role, of another organization’s practitioner, and without the signature', async () => {
    const clerk = await register('administration', hospital)
    expect(await reasonOf(open(await give(await recordBy(clerk))))).toBe('role-exceeded')
    const stranger = await register('physician', clinic)
    expect(await reasonOf(open(await give(await recordBy(stranger))))).toBe('practitioner-unknown')
    const record = await recordBy(await register('physician', hospital))
    const { practitionerSignature: _, ...stripped } = record.anchor
    expect(await reasonOf(open(await give({ ...record, anchor: stripped })))).toBe('statement-mismatch')
    const forged = {
      ...record.anchor,
      practitionerSignature: {
        id: record.statement.practitionerId as PractitionerId,
        signature: await signed(clerk.account, anchorTypedData(world.network, record.anchor.anchor)),
      },
    }
    expect(await reasonOf(open(await give({ ...record, anchor: forged })))).toBe('signature-wrong')
  })
})

describe('a grant that a practitioner asked for', () => {
  it('opens until the practitioner is suspended', async () => {
    const asker = await register('physician', clinic)
    const record = await recordBy(await register('physician', hospital))
    const given = await giveGrant(world, {
      patient,
      grantee: clinic,
      records: [record],
      change: (manifest) => {
        manifest.practitioner = asker.id
      },
    })
    expect(await reasonOf(open(given))).toBe('opened')
    await suspend(asker)
    expect(await reasonOf(open(given))).toBe('practitioner-suspended')
  })
})
