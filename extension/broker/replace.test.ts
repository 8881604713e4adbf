import { afterAll, beforeAll, expect, it } from 'vitest'
import { decodeEnvelope } from '../../shared/crypto/envelope.ts'
import { open } from '../../shared/crypto/seal.ts'
import { type AnswerMessage, answerMessageSchema } from '../../shared/protocol/inbox.ts'
import { decodeManifest } from '../../shared/protocol/manifest.ts'
import type { DepositReceipt, GrantedAccess } from '../../shared/protocol/provider.ts'
import { type Change, replaceGrant } from './replace.ts'
import { revoke } from './revoke.ts'
import { depositOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, readyRequest, startLife } from './testing/life.ts'
import { resultOf, type Setting, startSetting } from './testing/setting.ts'

const day = 24 * 60 * 60

let setting: Setting
let brigid: Hospital
let lindqvist: Hospital

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  lindqvist = await setting.hospital('Lindqvist Clinic')
}, 60_000)
afterAll(() => setting.chain.stop())

interface Shared {
  disk: Disk
  life: Life
  records: DepositReceipt[]
  granted: GrantedAccess
}

/** Two records shared for a day. */
async function shareTwo(): Promise<Shared> {
  const disk = newDisk(setting.relay)
  const life = startLife(setting.chain, setting.relay, disk)
  const records = [await depositOne(life, brigid), await depositOne(life, brigid)]
  const { patient } = await connect(life, lindqvist)
  const request = await lindqvist.request(patient)
  const answer = life.call({ origin: lindqvist.organization.origin }, 'care_requestAccess', request)
  const access = { commitments: records.map(({ commitment }) => commitment), durationSeconds: day }
  await life.broker.decide((await readyRequest(life, 'access')).id, { outcome: 'approve', access })
  return { disk, life, records, granted: resultOf<GrantedAccess>(await answer) }
}

const laterFirst = async ({ records }: Shared): Promise<Change> => ({
  commitments: [records[0]?.commitment ?? expect.fail()],
  notAfter: (await setting.chain.time()) + 3 * day,
})

/** What the clinic finds in its inbox of one patient. */
async function mailOf({ granted }: Shared): Promise<Extract<AnswerMessage, { kind: 'granted' }>[]> {
  const { account, identity } = lindqvist.organization
  const box = setting.relay.inboxes.get(account.address.toLowerCase()) ?? []
  const mail = await Promise.all(
    box.map(async ({ sealed }) =>
      answerMessageSchema.parse(JSON.parse(new TextDecoder().decode(await open(identity, sealed)))),
    ),
  )
  return mail
    .filter((message) => message.kind === 'granted')
    .filter((message) => message.grant.grant.patient === granted.grant.grant.patient)
}

const stateOf = ({ life, granted }: Shared, id = granted.grantId) =>
  life.world.ledger.grantState(granted.grant.grant.patient, id)

it('narrows to one record and extends in one act, and tells the clinic by its inbox', async () => {
  const shared = await shareTwo()
  const { life, granted } = shared
  const change = await laterFirst(shared)
  const next = await replaceGrant(life.world, granted.grantId, change)
  expect(next).toMatchObject({ status: 'active', commitments: change.commitments })
  expect((await stateOf(shared)).revokedAt).toBeGreaterThan(0)
  expect(await stateOf(shared, next.grantId)).toMatchObject({ notAfter: change.notAfter, revokedAt: 0 })
  const acts = setting.relay.acts.filter(({ kind }) => kind === 'replacement' || kind === 'revocation')
  expect(acts.map(({ kind }) => kind)).toEqual(['replacement'])
  expect(setting.relay.grants.has(granted.grantId)).toBe(false)
  const [mail, ...more] = await mailOf(shared)
  expect(more).toEqual([])
  expect(mail).toMatchObject({
    grantId: next.grantId,
    decision: { request: granted.decision.request, grant: next.grantId, outcome: 'narrowed' },
  })
  const sealed = setting.relay.pinned.get(next.manifest) ?? new Uint8Array()
  const { content } = decodeEnvelope(await open(lindqvist.organization.identity, sealed))
  expect(decodeManifest(content).scope.commitments).toEqual(change.commitments)
  const listed = resultOf(await life.call({ origin: lindqvist.organization.origin }, 'care_grants', {}))
  expect(listed).toMatchObject({
    grants: [{ status: 'revoked' }, { grantId: next.grantId, status: 'active' }],
  })
  expect(life.emitted).toContainEqual({ origin: lindqvist.organization.origin, event: 'grantsChanged' })
})

it('opens no more than before, and only what runs', async () => {
  const shared = await shareTwo()
  const { life, granted } = shared
  const change = await laterFirst(shared)
  const other = await depositOne(life, brigid)
  for (const wrong of [
    { ...change, commitments: [other.commitment] },
    { ...change, notAfter: change.notAfter + 370 * day },
    { ...change, notAfter: (await setting.chain.time()) + 60 },
  ]) {
    await expect(replaceGrant(life.world, granted.grantId, wrong)).rejects.toMatchObject({
      reason: 'params-invalid',
    })
  }
  await revoke(life.world, granted.grantId)
  await expect(replaceGrant(life.world, granted.grantId, change)).rejects.toMatchObject({
    reason: 'grant-expired',
  })
})

it('is ended as a whole by a stop that comes while it is on its way', async () => {
  const shared = await shareTwo()
  const { life, granted } = shared
  setting.relay.ledgerDown = true
  await replaceGrant(life.world, granted.grantId, await laterFirst(shared)).catch(() => undefined)
  await revoke(life.world, granted.grantId)
  setting.relay.ledgerDown = false
  await life.broker.resume()
  await life.broker.resume()
  const grants = await life.world.tables.grants.all()
  expect(grants.map(({ status }) => status)).toEqual(['revoked', 'revoked'])
  for (const { grantId } of grants) expect((await stateOf(shared, grantId)).revokedAt).toBeGreaterThan(0)
  expect(await mailOf(shared)).toEqual([])
})

it('makes one new grant, wherever the background died', async () => {
  for (let dieAfter = 1; dieAfter <= 14; dieAfter++) {
    const where = `after effect ${dieAfter}`
    const shared = await shareTwo()
    const { disk, granted } = shared
    const change = await laterFirst(shared)
    const first = startLife(setting.chain, setting.relay, disk, { dieAfter })
    const done = replaceGrant(first.world, granted.grantId, change).catch(() => undefined)
    await Promise.race([first.dead, done])
    const second = startLife(setting.chain, setting.relay, disk)
    await second.broker.resume()
    const grants = await disk.tables.grants.all()
    expect(
      grants.map(({ status }) => status),
      where,
    ).toEqual(['revoked', 'active'])
    const mail = await mailOf(shared)
    expect(new Set(mail.map(({ grantId }) => grantId)), where).toEqual(new Set([grants[1]?.grantId]))
  }
}, 120_000)
