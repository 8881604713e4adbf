import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  encodeRegisterPractitioner,
  encodeSuspendPractitioner,
  practitionerIdOf,
} from '../../shared/contracts/practitioners.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { randomSalt } from '../../shared/crypto/commit.ts'
import {
  type AccessRequest,
  accessRequestTypedData,
  type SignedAccessRequest,
} from '../../shared/protocol/access-request.ts'
import { anchorTypedData } from '../../shared/protocol/anchor.ts'
import {
  addressSchema,
  hash32Schema,
  type PractitionerId,
  signatureSchema,
} from '../../shared/protocol/ids.ts'
import type { DepositOffer, GrantedAccess } from '../../shared/protocol/provider.ts'
import type { Role } from '../../shared/protocol/roles.ts'
import { retrievalTypedData } from '../../shared/protocol/sign-in.ts'
import type { Statement } from '../../shared/protocol/statement.ts'
import type { TypedData } from '../../shared/protocol/typed-data.ts'
import { authorize } from './retrieval.ts'
import { depositOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Life, newDisk, readyRequest, startLife } from './testing/life.ts'
import { reasonOf, resultOf, type Setting, startSetting } from './testing/setting.ts'
import { requestView } from './views.ts'

const day = 24 * 60 * 60
const peer = '12D3KooWTestPeerOfThePatient'

interface Person {
  id: PractitionerId
  account: PrivateKeyAccount
}

let setting: Setting
let brigid: Hospital
let lindqvist: Hospital
let life: Life
let registered = 0

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  lindqvist = await setting.hospital('Lindqvist Clinic')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(() => {
  let clockMs = 0
  life = startLife(setting.chain, setting.relay, newDisk(setting.relay), { nowMs: () => (clockMs += 1_000) })
})

async function register(role: Role, at: Hospital): Promise<Person> {
  const { chain } = setting
  const account = privateKeyToAccount(generatePrivateKey())
  registered += 1
  const id = practitionerIdOf(`${at.organization.origin}/practitioners/${registered}`)
  const now = await chain.time()
  const signer = addressSchema.parse(account.address)
  const statement = { role, signer, validFrom: now, validUntil: now + 300 * day }
  await submit(chain.wallet, encodeRegisterPractitioner(chain.network, id, at.organization.id, statement))
  return { id, account }
}

const suspend = ({ id }: Person) =>
  submit(setting.chain.wallet, encodeSuspendPractitioner(setting.chain.network, id))

const signedBy = async ({ id, account }: Person, data: TypedData) => ({
  practitionerSignature: { id, signature: signatureSchema.parse(await account.signTypedData(data)) },
})

async function requestBy(person: Person, change: Partial<AccessRequest> = {}): Promise<SignedAccessRequest> {
  const { patient } = await connect(life, lindqvist)
  const signed = await lindqvist.request(patient, change)
  return {
    ...signed,
    ...(await signedBy(person, accessRequestTypedData(setting.chain.network, signed.request))),
  }
}

const page = () => ({ origin: lindqvist.organization.origin })
const ask = (signed: SignedAccessRequest) => life.call(page(), 'care_requestAccess', signed)

describe('a request that a practitioner signs', () => {
  it('passes, and is shown with the role', async () => {
    await depositOne(life, brigid)
    void ask(await requestBy(await register('physician', lindqvist)))
    const request = await readyRequest(life, 'access')
    expect(await requestView(life.world, request)).toMatchObject({
      signedBy: { role: 'physician', standing: 'accredited' },
    })
  })

  it('is refused beyond the role: a nurse for research, administration for treatment', async () => {
    const nurse = await register('nurse', lindqvist)
    expect(reasonOf(await ask(await requestBy(nurse, { purpose: 'HRESCH' })))).toBe('role-exceeded')
    const clerk = await register('administration', lindqvist)
    expect(reasonOf(await ask(await requestBy(clerk)))).toBe('role-exceeded')
  })

  it('is refused of another organization’s practitioner, of nobody’s, and of a suspended one', async () => {
    const stranger = await register('physician', brigid)
    expect(reasonOf(await ask(await requestBy(stranger)))).toBe('practitioner-unknown')
    const nobody = { id: practitionerIdOf('https://nobody.example'), account: stranger.account }
    expect(reasonOf(await ask(await requestBy(nobody)))).toBe('practitioner-unknown')
    const suspended = await register('physician', lindqvist)
    await suspend(suspended)
    expect(reasonOf(await ask(await requestBy(suspended)))).toBe('practitioner-suspended')
  })

  it('is refused with a signature of somebody else, or over another request', async () => {
    const doctor = await register('physician', lindqvist)
    const other = await register('physician', lindqvist)
    expect(reasonOf(await ask(await requestBy({ ...doctor, account: other.account })))).toBe(
      'signature-wrong',
    )
    const [first, second] = [await requestBy(doctor), await requestBy(doctor)]
    const swapped = { ...first, practitionerSignature: second.practitionerSignature }
    expect(reasonOf(await ask(swapped))).toBe('signature-wrong')
  })

  it('is not granted once its practitioner was suspended while it waited', async () => {
    const { commitment } = await depositOne(life, brigid)
    const doctor = await register('physician', lindqvist)
    const answer = ask(await requestBy(doctor))
    const { id } = await readyRequest(life, 'access')
    await suspend(doctor)
    const access = { commitments: [commitment], durationSeconds: day }
    await life.broker.decide(id, { outcome: 'approve', access })
    expect(reasonOf(await answer)).toBe('practitioner-suspended')
  })
})

describe('a grant that a practitioner asked for', () => {
  it('names the practitioner at the relay, and our own node serves until the suspension', async () => {
    const { commitment } = await depositOne(life, brigid)
    const doctor = await register('physician', lindqvist)
    const answer = ask(await requestBy(doctor))
    const access = { commitments: [commitment], durationSeconds: day }
    await life.broker.decide((await readyRequest(life, 'access')).id, { outcome: 'approve', access })
    const { grantId, manifest } = resultOf<GrantedAccess>(await answer)
    expect(setting.relay.grants.get(grantId)?.practitioner).toBe(doctor.id)
    const fetches = async () => {
      const nonce = hash32Schema.parse(randomSalt())
      const deadline = Math.floor(Date.now() / 1_000) + 60
      const proof = { grant: grantId, cid: manifest, peer, nonce, deadline }
      const data = retrievalTypedData(setting.chain.network, proof)
      const signature = signatureSchema.parse(await lindqvist.organization.account.signTypedData(data))
      return authorize(life.world, { ...proof, signature }, peer)
    }
    expect(await fetches()).toEqual({ ok: true })
    await suspend(doctor)
    expect(await fetches()).toEqual({ ok: false, reason: 'practitioner-suspended' })
  })
})

describe('a record that a practitioner signs', () => {
  async function offerBy(person: Person, statement: Partial<Statement> = {}): Promise<DepositOffer> {
    const to = await connect(life, brigid)
    const offer = await brigid.offer(to, { statement: { practitionerId: person.id, ...statement } })
    return { ...offer, ...(await signedBy(person, anchorTypedData(setting.chain.network, offer.anchor))) }
  }
  const send = (offer: DepositOffer) =>
    life.call({ origin: brigid.organization.origin }, 'care_deposit', offer)

  it('is kept with the signature, of which the relay’s sponsor hears nothing', async () => {
    const offer = await offerBy(await register('physician', brigid))
    const answer = send(offer)
    await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
    resultOf(await answer)
    const kept = await life.world.tables.records.get(offer.anchor.commitment)
    expect(kept?.anchor.practitionerSignature).toEqual(offer.practitionerSignature)
    const acts = JSON.stringify(setting.relay.acts.at(-1))
    expect(acts).toContain(offer.signature)
    expect(acts).not.toContain(offer.practitionerSignature?.signature)
  })

  it('is refused without the signature of whom it names, and with one of whom it does not', async () => {
    const doctor = await register('physician', brigid)
    const { practitionerSignature: _, ...stripped } = await offerBy(doctor)
    expect(reasonOf(await send(stripped))).toBe('statement-mismatch')
    const unnamed = await offerBy(doctor, { practitionerId: undefined })
    expect(reasonOf(await send(unnamed))).toBe('statement-mismatch')
  })

  it('is refused beyond the role: a bill of a physician, a finding of administration', async () => {
    const doctor = await register('physician', brigid)
    expect(reasonOf(await send(await offerBy(doctor, { category: 'billing' })))).toBe('role-exceeded')
    const clerk = await register('administration', brigid)
    expect(reasonOf(await send(await offerBy(clerk)))).toBe('role-exceeded')
  })

  it('is refused of a suspended practitioner', async () => {
    const doctor = await register('physician', brigid)
    await suspend(doctor)
    expect(reasonOf(await send(await offerBy(doctor)))).toBe('practitioner-suspended')
  })
})
