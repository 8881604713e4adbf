import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DepositReceipt } from '../../shared/protocol/provider.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, readyRequest, startLife, until } from './testing/life.ts'
import { reasonOf, resultOf, type Setting, startSetting } from './testing/setting.ts'

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

async function deposit(hospital: Hospital, change: Parameters<Hospital['offer']>[1] = {}) {
  const to = await connect(life, hospital)
  const offer = await hospital.offer(to, change)
  const answer = life.call(page(hospital), 'care_deposit', offer)
  await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
  return { offer, to, receipt: resultOf<DepositReceipt>(await answer) }
}

describe('a repeated call', () => {
  it('of the same document joins the one that waits, and both get the answer', async () => {
    const to = await connect(life, brigid)
    const offer = await brigid.offer(to)
    const first = life.call(page(brigid), 'care_deposit', offer)
    const { id } = await readyRequest(life, 'deposit')
    const second = life.call(page(brigid), 'care_deposit', offer)
    await until('the second call to have joined', async () => {
      const request = await life.broker.queue.get(id)
      return request?.via.kind === 'page' && request.via.calls.length === 2 ? true : undefined
    })
    await life.broker.decide(id, { outcome: 'approve' })
    expect(resultOf(await first)).toEqual(resultOf(await second))
    expect(
      setting.relay.acts.filter(
        (act) => act.kind === 'anchor' && act.anchor.anchor.commitment === offer.anchor.commitment,
      ),
    ).toHaveLength(1)
  })

  it('of another document, or after the decision, is a replay', async () => {
    const { offer } = await deposit(brigid)
    expect(reasonOf(await life.call(page(brigid), 'care_deposit', offer))).toBe('request-replayed')
    const elsewhere = { ...page(brigid), document: 'document-2' }
    expect(reasonOf(await life.call(elsewhere, 'care_deposit', offer))).toBe('request-replayed')
  })

  it('with the same call’s id gets the stored answer: the background had died before it could say it', async () => {
    const to = await connect(life, brigid)
    const offer = await brigid.offer(to)
    const call = 'the-very-same-call'
    const answer = life.call({ ...page(brigid), call }, 'care_deposit', offer)
    await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
    const result = resultOf(await answer)
    const next = startLife(setting.chain, setting.relay, disk)
    expect(resultOf(await next.call({ ...page(brigid), call }, 'care_deposit', offer))).toEqual(result)
    const stranger = { ...page(brigid), call, document: 'document-2' }
    expect(reasonOf(await next.call(stranger, 'care_deposit', offer))).toBe('request-replayed')
  })
})

describe('the page’s limits', () => {
  it('let one request of a kind wait, and refuse the second', async () => {
    const to = await connect(life, brigid)
    void life.call(page(brigid), 'care_deposit', await brigid.offer(to))
    await readyRequest(life, 'deposit')
    expect(reasonOf(await life.call(page(brigid), 'care_deposit', await brigid.offer(to)))).toBe(
      'request-limit',
    )
    void life.call(page(brigid), 'care_requestAccess', await brigid.request(to.patient))
    await readyRequest(life, 'access')
  })

  it('take back what nobody answered when the page goes away, and never its decided requests', async () => {
    const { to, offer } = await deposit(brigid)
    const waiting = life.call(page(brigid), 'care_requestAccess', await brigid.request(to.patient))
    const { id } = await readyRequest(life, 'access')
    await life.broker.documentGone('document-1')
    expect(reasonOf(await waiting)).toBe('request-cancelled')
    await expect(life.broker.decide(id, { outcome: 'decline' })).rejects.toMatchObject({
      reason: 'request-cancelled',
    })
    const requests = await life.broker.queue.all()
    const states = requests.filter((one) => one.kind === 'deposit').map((one) => one.state.name)
    expect(states).toEqual(['done'])
    expect(await disk.tables.records.get(offer.anchor.commitment)).toBeDefined()
  })

  it('let a page see and cancel its own requests, and nobody else’s', async () => {
    const to = await connect(life, brigid)
    const waiting = life.call(page(brigid), 'care_requestAccess', await brigid.request(to.patient))
    const { id } = await readyRequest(life, 'access')
    const elsewhere = { ...page(lindqvist), document: 'document-2' }
    expect(resultOf(await life.call(elsewhere, 'care_pending', { cancel: id }))).toEqual({ pending: [] })
    expect(resultOf(await life.call(page(brigid), 'care_pending', {}))).toMatchObject({
      pending: [{ id, kind: 'access' }],
    })
    expect(resultOf(await life.call(page(brigid), 'care_pending', { cancel: id }))).toEqual({ pending: [] })
    expect(reasonOf(await waiting)).toBe('request-cancelled')
  })
})
