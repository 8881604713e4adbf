import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { hash32Schema } from '../../shared/protocol/ids.ts'
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

describe('an answer that is stored', () => {
  it('is given to its own call although the deadline has passed since', async () => {
    const to = await connect(life, brigid)
    const offer = await brigid.offer(to)
    const call = 'the-very-same-call'
    const answer = life.call({ ...page(brigid), call }, 'care_deposit', offer)
    await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
    const result = resultOf(await answer)
    const next = startLife(setting.chain, setting.relay, disk)
    next.world.ledger.time = async () => offer.anchor.deadline + 1
    expect(resultOf(await next.call({ ...page(brigid), call }, 'care_deposit', offer))).toEqual(result)
    expect(reasonOf(await next.call(page(brigid), 'care_deposit', offer))).toBe('deadline-passed')
    const stranger = { ...page(brigid), call, document: 'document-2' }
    expect(reasonOf(await next.call(stranger, 'care_deposit', offer))).toBe('deadline-passed')
  })

  it('is given for a no as well, and counts as no new call for an answer', async () => {
    const to = await connect(life, brigid)
    const signed = await brigid.request(to.patient)
    const call = 'the-very-same-call'
    const answer = life.call({ ...page(brigid), call }, 'care_requestAccess', signed)
    await life.broker.decide((await readyRequest(life, 'access')).id, { outcome: 'decline' })
    const reply = await answer
    const next = startLife(setting.chain, setting.relay, disk)
    next.world.ledger.time = async () => signed.request.deadline + 1
    expect(await next.call({ ...page(brigid), call }, 'care_requestAccess', signed)).toEqual(reply)
  })
})

describe('a deposit that was approved', () => {
  it('is not asked again while it is kept and waits, though it is offered anew', async () => {
    const salt = hash32Schema.parse(randomSalt())
    setting.relay.ledgerDown = true
    const { offer, to, receipt } = await deposit(brigid, { statement: { salt } }).finally(() => {
      setting.relay.ledgerDown = false
    })
    const prompts = life.windows.length
    const anchor = { deadline: offer.anchor.deadline - 60 }
    const again = await brigid.offer(to, { statement: { salt }, anchor })
    expect(resultOf(await life.call(page(brigid), 'care_deposit', again))).toEqual(receipt)
    expect(life.windows).toHaveLength(prompts)
  })

  it('is not asked again after it failed half-way: it goes on', async () => {
    const to = await connect(life, brigid)
    const offer = await brigid.offer(to)
    const call = life.world.node.call
    life.world.node.call = (type, request) =>
      type === 'node.pin'
        ? Promise.reject(new CarekeyError('relay-unreachable', 'The relay does not answer.'))
        : call(type, request)
    const answer = life.call(page(brigid), 'care_deposit', offer)
    await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
    expect(reasonOf(await answer)).toBe('relay-unreachable')
    life.world.node.call = call
    const prompts = life.windows.length
    const again = await life.call(page(brigid), 'care_deposit', offer)
    expect(resultOf<DepositReceipt>(again).status).toBe('anchored')
    expect(life.windows).toHaveLength(prompts)
  })

  it('leaves the staged copy alone until the no is stored', async () => {
    const to = await connect(life, brigid)
    const offer = await brigid.offer(to)
    void life.call(page(brigid), 'care_deposit', offer)
    const { id } = await readyRequest(life, 'deposit')
    const apply = life.broker.queue.apply
    let staged: boolean | undefined
    life.broker.queue.apply = (one, event) => {
      if (event.type === 'declined') staged = setting.relay.staged.has(offer.cid)
      return apply(one, event)
    }
    await life.broker.decide(id, { outcome: 'decline' })
    expect(staged).toBe(true)
    expect(setting.relay.staged.has(offer.cid)).toBe(false)
  })
})

describe('a connection', () => {
  it('is not signed for an organization that was suspended while it waited', async () => {
    const suspended = await setting.hospital('Suspended Clinic')
    const answer = life.call(page(suspended), 'care_connect', await suspended.challenge())
    const { id } = await readyRequest(life, 'connect')
    const { organization } = life.world.ledger
    life.world.ledger.organization = async (one) => {
      const found = await organization(one)
      return found && { ...found, suspended: true }
    }
    await life.broker.decide(id, { outcome: 'approve' })
    expect(reasonOf(await answer)).toBe('organization-suspended')
    expect(await disk.tables.connections.all()).toEqual([])
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
