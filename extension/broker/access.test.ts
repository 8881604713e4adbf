import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { decodeEnvelope } from '../../shared/crypto/envelope.ts'
import { open } from '../../shared/crypto/seal.ts'
import { hash32Schema } from '../../shared/protocol/ids.ts'
import { decodeManifest } from '../../shared/protocol/manifest.ts'
import type { GrantedAccess } from '../../shared/protocol/provider.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, readyRequest, startLife } from './testing/life.ts'
import { resultOf, type Setting, startSetting } from './testing/setting.ts'
import { requestView } from './views.ts'

const day = 24 * 60 * 60

let setting: Setting
let brigid: Hospital
let lindqvist: Hospital
let disk: Disk
let life: Life

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  lindqvist = await setting.hospital('Lindqvist Clinic')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(() => {
  disk = newDisk(setting.relay)
  life = startLife(setting.chain, setting.relay, disk)
})

const page = (hospital: Hospital) => ({ origin: hospital.organization.origin })

describe('an access request', () => {
  const kinds = ['laboratory', 'medications', 'genetics'] as const

  async function withRecords() {
    const to = await connect(life, brigid)
    const commitments: Record<string, string> = {}
    for (const category of kinds) {
      const offer = await brigid.offer(to, { statement: { category, title: category } })
      const answer = life.call(page(brigid), 'care_deposit', offer)
      await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
      resultOf(await answer)
      commitments[category] = offer.anchor.commitment
    }
    const { patient } = await connect(life, lindqvist)
    return { patient, commitments }
  }

  const approve = (commitments: (string | undefined)[], durationSeconds = day) => ({
    outcome: 'approve' as const,
    access: { commitments: commitments.filter((one) => one !== undefined) as never[], durationSeconds },
  })

  it('shows the exact records, and opens the chosen ones to the organization’s key alone', async () => {
    const { patient, commitments } = await withRecords()
    const signed = await lindqvist.request(patient, { categories: [...kinds] })
    const answer = life.call(page(lindqvist), 'care_requestAccess', signed)
    const ready = await readyRequest(life, 'access')
    const view = await requestView(life.world, ready)
    if (view.kind !== 'access') throw new Error('It is an access request.')
    expect(
      view.categories.map(({ category, shielded, records }) => [category, shielded, records.length]),
    ).toEqual([
      ['laboratory', false, 1],
      ['medications', false, 1],
      ['genetics', true, 1],
    ])
    await life.broker.decide(ready.id, approve([commitments.laboratory]))
    const granted = resultOf<GrantedAccess>(await answer)
    expect(granted.decision.outcome).toBe('narrowed')
    expect(granted.grant.grant.notAfter - granted.grant.grant.notBefore).toBe(day)
    const sealed = setting.relay.pinned.get(granted.manifest) ?? new Uint8Array()
    const { content } = decodeEnvelope(await open(lindqvist.organization.identity, sealed))
    const manifest = decodeManifest(content)
    expect(manifest.entries.map((entry) => entry.anchor.anchor.commitment)).toEqual([commitments.laboratory])
    expect(manifest.scope.categories).toEqual(['laboratory'])
    await expect(open(brigid.organization.identity, sealed)).rejects.toThrow()
    const state = await life.world.ledger.grantState(granted.grant.grant.patient, granted.grantId)
    expect(state.grantedAt).toBeGreaterThan(0)
    expect(setting.relay.grants.get(granted.grantId)?.cids).toHaveLength(1)
    expect(resultOf(await life.call(page(lindqvist), 'care_grants', {}))).toMatchObject({
      grants: [{ grantId: granted.grantId, status: 'active' }],
    })
  })

  it('is not called narrowed because of a record that was saved after the click', async () => {
    const { patient, commitments } = await withRecords()
    const signed = await lindqvist.request(patient, { categories: ['laboratory'], durationSeconds: day })
    const answer = life.call(page(lindqvist), 'care_requestAccess', signed)
    const { id } = await readyRequest(life, 'access')
    const { records } = disk.tables
    const [record] = (await records.all()).filter((one) => one.commitment === commitments.laboratory)
    if (!record) throw new Error('The record was saved.')
    const { call } = life.world.node
    life.world.node.call = async (type, request) => {
      const commitment = hash32Schema.parse(randomSalt()) as unknown as typeof record.commitment
      if (type === 'node.put') await records.put(commitment, { ...record, commitment })
      return await call(type, request)
    }
    await life.broker.decide(id, approve([commitments.laboratory]))
    expect(resultOf<GrantedAccess>(await answer).decision.outcome).toBe('approved')
  })

  it('cannot be widened by whoever decides', async () => {
    const { patient, commitments } = await withRecords()
    const signed = await lindqvist.request(patient, { categories: ['laboratory'], durationSeconds: day })
    void life.call(page(lindqvist), 'care_requestAccess', signed)
    const { id } = await readyRequest(life, 'access')
    for (const wider of [
      approve([commitments.laboratory, commitments.medications]),
      approve([commitments.laboratory], day + 1),
    ]) {
      await expect(life.broker.decide(id, wider)).rejects.toMatchObject({ reason: 'params-invalid' })
    }
    await expect(life.broker.decide(id, { outcome: 'approve' })).rejects.toMatchObject({
      reason: 'params-invalid',
    })
    expect(await disk.tables.grants.all()).toEqual([])
  })

  it('is answered with a signed no when it is declined', async () => {
    const { patient } = await connect(life, lindqvist)
    const answer = life.call(page(lindqvist), 'care_requestAccess', await lindqvist.request(patient))
    const { id } = await readyRequest(life, 'access')
    await life.broker.decide(id, { outcome: 'decline' })
    expect(await answer).toMatchObject({
      error: {
        code: 4001,
        data: {
          reason: 'declined',
          decision: { decision: { request: id, outcome: 'declined', grant: null } },
        },
      },
    })
  })

  it('is decided once, however often somebody clicks', async () => {
    const { patient, commitments } = await withRecords()
    const answer = life.call(page(lindqvist), 'care_requestAccess', await lindqvist.request(patient))
    const { id } = await readyRequest(life, 'access')
    const clicks = await Promise.allSettled(
      Array.from({ length: 20 }, () => life.broker.decide(id, approve([commitments.laboratory]))),
    )
    expect(clicks.filter((click) => click.status === 'fulfilled')).toHaveLength(1)
    const granted = resultOf<GrantedAccess>(await answer)
    const submitted = setting.relay.acts.filter(
      (act) => act.kind === 'grant' && act.grant.patient === granted.grant.grant.patient,
    )
    expect(submitted).toHaveLength(1)
  })

  it('is not granted any more once its time has run out, though it still stands in the window', async () => {
    const { patient, commitments } = await withRecords()
    const signed = await lindqvist.request(patient, { deadline: (await setting.chain.time()) + 600 })
    const answer = life.call(page(lindqvist), 'care_requestAccess', signed)
    const { id } = await readyRequest(life, 'access')
    await setting.chain.pass(700)
    await expect(life.broker.decide(id, approve([commitments.laboratory]))).rejects.toMatchObject({
      reason: 'request-expired',
    })
    expect(await answer).toMatchObject({
      error: { data: { reason: 'request-expired', decision: { decision: { outcome: 'expired' } } } },
    })
    expect(await life.world.tables.grants.all()).toEqual([])
  })

  it('expires by the chain’s clock, with a signed answer', async () => {
    const { patient } = await connect(life, lindqvist)
    const signed = await lindqvist.request(patient, { deadline: (await setting.chain.time()) + 600 })
    const answer = life.call(page(lindqvist), 'care_requestAccess', signed)
    await readyRequest(life, 'access')
    await setting.chain.pass(700)
    await life.broker.resume()
    expect(await answer).toMatchObject({
      error: { data: { reason: 'request-expired', decision: { decision: { outcome: 'expired' } } } },
    })
  })
})
