import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeExported } from '../../../shared/contracts/exported.ts'
import { submit } from '../../../shared/contracts/submit.ts'
import { careIndexOf } from '../../../shared/protocol/care.ts'
import type { DelegateRole } from '../../../shared/protocol/delegation.ts'
import { readExported } from '../../../shared/protocol/exported.ts'
import { type GrantId, hash32Schema } from '../../../shared/protocol/ids.ts'
import { typedData } from '../../../shared/protocol/typed-data.ts'
import { depositOne, grantOne } from '../testing/granted.ts'
import type { Hospital } from '../testing/hospital.ts'
import { connect, type Life, newDisk, startLife } from '../testing/life.ts'
import { type Setting, startSetting } from '../testing/setting.ts'
import { finishCarers, noteEndedByCarers } from './carers.ts'
import { delegationFor, finishEndings } from './caring.ts'
import { careHandlers } from './handlers.ts'

// Two vaults that never speak but by what one person hands the other, on a real ledger.

const day = 24 * 60 * 60
let setting: Setting
let brigid: Hospital
let lindqvist: Hospital
let patient: Life
let carer: Life
let grantId: GrantId

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  lindqvist = await setting.hospital('Lindqvist Clinic')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(async () => {
  setting.relay.ledgerDown = false
  patient = startLife(setting.chain, setting.relay, newDisk(setting.relay))
  carer = startLife(setting.chain, setting.relay, newDisk(setting.relay))
  grantId = (await grantOne(patient, lindqvist, await depositOne(patient, brigid))).grantId
})

async function invited(role: DelegateRole, { towards = lindqvist, days = 30 } = {}) {
  const { invitation, nonce } = await careHandlers(patient.world)['care.invite']({
    carer: 'Otto',
    name: 'Elvina',
    organization: towards.organization.id,
    role,
    notAfter: patient.world.now() + days * day,
  })
  if (!invitation) throw new Error('There is no invitation.')
  return { invitation, nonce: hash32Schema.parse(nonce) }
}

/** The answer that the carer's Carekey gives. */
async function answerTo(invitation: string): Promise<string> {
  await careHandlers(carer.world)['care.take']({ text: invitation })
  const { nonce } = JSON.parse(invitation)
  const { people } = await careHandlers(carer.world)['care.caring']({})
  const answer = people.map((one) => one.answer).find((one) => one.includes(nonce))
  if (!answer) throw new Error('There is no answer.')
  return answer
}

async function delegated(role: DelegateRole, change: Parameters<typeof invited>[1] = {}) {
  const { invitation, nonce } = await invited(role, change)
  const care = careHandlers(patient.world)
  const { delegate } = await care['care.readAnswer']({ text: await answerTo(invitation) })
  await care['care.sign']({ nonce, delegate: hash32Like(delegate) })
  return { nonce, id: careIndexOf(JSON.parse(invitation)), delegate }
}
const hash32Like = (address: string) => address as `0x${string}`

const carers = async () => (await careHandlers(patient.world)['care.carers']({})).carers
const people = async () => (await careHandlers(carer.world)['care.caring']({})).people
const endSharing = (id: string) =>
  careHandlers(carer.world)['care.endSharing']({ id: hash32Schema.parse(id), grantId })
const revokedAt = async () => {
  const stored = await patient.world.tables.grants.get(grantId)
  if (!stored) throw new Error('The sharing is gone.')
  return (await patient.world.ledger.grantState(stored.signed.grant.patient, grantId)).revokedAt
}

/** What somebody would send who does not ask Carekey whether they may. */
async function ledgerAnswers(id: string) {
  const stored = await carer.world.tables.caredFor.get(id)
  const found = stored && (await delegationFor(carer.world, stored))
  if (!found) throw new Error('There is no delegation.')
  const { patient: of, voucher } = stored.invitation
  const deadline = (await setting.chain.time()) + day
  const data = typedData(setting.chain.network, 'Revocation', { grant: grantId, deadline: BigInt(deadline) })
  const signature = await carer.world.vault.signAsDelegate(hash32Schema.parse(id), data)
  const revocation = { delegation: found.id, patient: of, grant: grantId, deadline, signature }
  return await setting.relay.client.sponsor({ kind: 'delegated-revocation', revocation, voucher })
}

describe('a carer', () => {
  it('sees what runs, and ends it in the patient’s place; the patient is told', async () => {
    const { id, delegate } = await delegated('decide')
    expect(await carers()).toMatchObject([{ carer: 'Otto', state: 'active', role: 'decide', delegate }])
    const [one] = await people()
    expect(one).toMatchObject({ id, name: 'Elvina', state: 'active', role: 'decide', delegate })
    expect(one?.grants).toMatchObject([{ grantId, grantee: { name: 'Lindqvist Clinic' }, purpose: 'TREAT' }])
    await endSharing(id)
    expect(await revokedAt()).toBeGreaterThan(0)
    expect((await people())[0]?.grants).toEqual([])
    await noteEndedByCarers(patient.world)
    expect((await patient.world.tables.grants.get(grantId))?.status).toBe('revoked')
    expect((await patient.world.log.all()).map(({ event }) => event)).toEqual(
      expect.arrayContaining(['care-given', 'care-acted']),
    )
    expect((await carer.world.log.all()).map(({ event }) => event)).toEqual(['care-taken', 'care-acted'])
  })

  it('who may only end sharing ends it, too', async () => {
    const { id } = await delegated('revoke-only')
    await endSharing(id)
    expect(await revokedAt()).toBeGreaterThan(0)
  })

  it('who may only look on is refused, here and by the ledger', async () => {
    const { id } = await delegated('watch')
    expect((await people())[0]?.grants).toHaveLength(1)
    await expect(endSharing(id)).rejects.toMatchObject({ reason: 'delegation-too-weak' })
    expect(await ledgerAnswers(id)).toMatchObject({ status: 'failed', reason: 'delegation-too-weak' })
    expect(await revokedAt()).toBe(0)
  })

  it('whom the patient ended is refused, here and by the ledger', async () => {
    const { id, nonce } = await delegated('decide')
    await careHandlers(patient.world)['care.end']({ nonce })
    expect(await carers()).toMatchObject([{ state: 'ended' }])
    expect(await people()).toMatchObject([{ state: 'ended', grants: [] }])
    await expect(endSharing(id)).rejects.toMatchObject({ reason: 'delegation-revoked' })
    expect(await ledgerAnswers(id)).toMatchObject({ status: 'failed', reason: 'delegation-revoked' })
    expect(await revokedAt()).toBe(0)
  })

  it('has another address for each pseudonym, and touches no other', async () => {
    const one = await delegated('decide', { towards: brigid })
    const other = await delegated('watch')
    expect(one.delegate).not.toBe(other.delegate)
    const shown = await people()
    expect(shown.find(({ id }) => id === one.id)?.grants).toEqual([])
    // What runs towards the clinic was granted by the clinic's pseudonym: the hospital's carer does not reach it.
    await expect(endSharing(one.id)).rejects.toMatchObject({ reason: 'grant-unknown' })
    await ledgerAnswers(one.id)
    expect(await revokedAt()).toBe(0)
  })

  it('gets another address even where two patients chose one nonce', () => {
    const nonce = hash32Schema.parse(`0x${'07'.repeat(32)}`)
    const of = (byte: string) =>
      careIndexOf({ nonce, patient: `0x${byte.repeat(20)}` as Parameters<typeof careIndexOf>[0]['patient'] })
    expect(of('11')).not.toBe(of('22'))
  })

  it('hands an ending to whoever brings it to the ledger, and none is brought unasked', async () => {
    const { id } = await delegated('decide')
    const { json } = await careHandlers(carer.world)['care.exportEnding']({ id, grantId })
    await finishEndings(carer.world)
    expect(await revokedAt()).toBe(0)
    const [act] = readExported(json).acts
    if (!act) throw new Error('There is no act.')
    await submit(setting.chain.wallet, encodeExported(setting.chain.network, act))
    expect(await revokedAt()).toBeGreaterThan(0)
  })
})

describe('what could not reach the ledger', () => {
  it('of the patient waits, and goes on with the very signature', async () => {
    const { invitation, nonce } = await invited('decide')
    const answer = await answerTo(invitation)
    setting.relay.ledgerDown = true
    await careHandlers(patient.world)['care.sign']({ nonce, delegate: JSON.parse(answer).delegate })
    expect(await carers()).toMatchObject([{ state: 'submitting' }])
    const before = (await patient.world.tables.carers.get(nonce))?.signed
    setting.relay.ledgerDown = false
    await finishCarers(patient.world)
    expect(await carers()).toMatchObject([{ state: 'active' }])
    expect((await patient.world.tables.carers.get(nonce))?.signed).toEqual(before)
  })

  it('of the carer waits, and goes on', async () => {
    const { id } = await delegated('decide')
    setting.relay.ledgerDown = true
    await endSharing(id)
    expect((await people())[0]?.grants).toMatchObject([{ ending: true }])
    setting.relay.ledgerDown = false
    await finishEndings(carer.world)
    expect(await revokedAt()).toBeGreaterThan(0)
  })

  it('is never submitted once the patient ended it', async () => {
    const { invitation, nonce } = await invited('decide')
    const answer = await answerTo(invitation)
    setting.relay.ledgerDown = true
    const care = careHandlers(patient.world)
    await care['care.sign']({ nonce, delegate: JSON.parse(answer).delegate })
    await care['care.end']({ nonce })
    setting.relay.ledgerDown = false
    await finishCarers(patient.world)
    expect(await carers()).toMatchObject([{ state: 'ended' }])
    expect(await people()).toMatchObject([{ state: 'waiting' }])
  })
})

describe('what is handed over', () => {
  it('by a stranger, for another network or changed on its way is refused', async () => {
    const { invitation } = await invited('decide')
    const care = careHandlers(carer.world)
    const changed = (change: object) => JSON.stringify({ ...JSON.parse(invitation), ...change })
    const refused = { reason: 'params-invalid' }
    await expect(care['care.take']({ text: 'hello' })).rejects.toMatchObject(refused)
    await expect(care['care.take']({ text: changed({ chainId: 1 }) })).rejects.toMatchObject(refused)
    const other = { patient: `0x${'99'.repeat(20)}` }
    await expect(care['care.take']({ text: changed(other) })).rejects.toMatchObject(refused)
    const past = { notAfter: carer.world.now() - 1 }
    await expect(care['care.take']({ text: changed(past) })).rejects.toMatchObject({
      reason: 'request-expired',
    })
    expect(await people()).toEqual([])
  })

  it('is answered once; an address that acts already, or an invitation taken back, is refused', async () => {
    const { nonce, delegate } = await delegated('watch')
    const care = careHandlers(patient.world)
    const again = JSON.stringify({
      carekey: 'care-answer',
      chainId: setting.chain.network.chainId,
      nonce,
      delegate,
    })
    await expect(care['care.readAnswer']({ text: again })).rejects.toMatchObject({
      reason: 'delegation-exists',
    })
    const second = await invited('watch', { towards: brigid })
    const reused = again.replace(nonce, second.nonce)
    await expect(care['care.readAnswer']({ text: reused })).rejects.toMatchObject({
      reason: 'params-invalid',
    })
    await care['care.end']({ nonce: second.nonce })
    const late = await answerTo(second.invitation)
    await expect(care['care.readAnswer']({ text: late })).rejects.toMatchObject({
      reason: 'delegation-exists',
    })
  })

  it('needs a connection', async () => {
    const stranger = await setting.hospital(`Hospital ${crypto.randomUUID().replace(/[^a-z]/g, '')}`)
    await expect(invited('watch', { towards: stranger })).rejects.toMatchObject({ reason: 'not-connected' })
    await connect(patient, stranger)
    await expect(invited('watch', { towards: stranger })).resolves.toBeDefined()
  })
})

// Last, since it moves the clock of the chain.
it('a carer whose time is over is refused by the ledger', async () => {
  const { id } = await delegated('decide', { days: 1 })
  await setting.chain.pass(2 * day)
  await expect(endSharing(id)).rejects.toMatchObject({ reason: 'delegation-not-live' })
  expect(await ledgerAnswers(id)).toMatchObject({ status: 'failed', reason: 'delegation-not-live' })
  expect(await revokedAt()).toBe(0)
})
