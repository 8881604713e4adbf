import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DepositReceipt, GrantedAccess } from '../../shared/protocol/provider.ts'
import type { DecisionInput } from '../snapshots.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, startLife, until } from './testing/life.ts'
import { resultOf, type Setting, startSetting } from './testing/setting.ts'

// Threats, R7: the background dies after each of its effects in turn (each stored row, each signature, each call to the
// node or the relay), and a new one takes over the same disk.

const day = 24 * 60 * 60
const call = 'the-page-repeats-this-call'

let setting: Setting
let brigid: Hospital
/** Whose records Elm Road Surgery checks. */
let norwood: Hospital
let elm: Hospital

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  norwood = await setting.hospital('Norwood Hospital')
  elm = await setting.hospital('Elm Road Surgery')
  await setting.chain.support(norwood.organization, [elm.organization])
}, 60_000)
afterAll(() => setting.chain.stop())

type Asked = {
  method: string
  params: unknown
  decision: (disk: Disk) => Promise<DecisionInput>
  /** St. Brigid's if left out. */
  origin?: string
}
type Prepare = (life: Life) => Promise<Asked>

const offered: Prepare = async (life) => ({
  method: 'care_deposit',
  params: await brigid.offer(await connect(life, brigid)),
  decision: async () => ({ outcome: 'approve' }),
})

const offeredToCheck: Prepare = async (life) => ({
  method: 'care_deposit',
  params: await norwood.offer(await connect(life, norwood), {
    review: { supporters: [elm.organization] },
  }),
  decision: async () => ({ outcome: 'approve', letReview: true }),
  origin: norwood.organization.origin,
})

const asked: Prepare = async (life) => {
  const to = await connect(life, brigid)
  const page = { origin: brigid.organization.origin }
  const offer = await brigid.offer(to)
  const answer = life.call(page, 'care_deposit', offer)
  await decideReady(life, async () => ({ outcome: 'approve' }))
  resultOf(await answer)
  return {
    method: 'care_requestAccess',
    params: await brigid.request(to.patient),
    decision: async () => ({
      outcome: 'approve',
      access: { commitments: [offer.anchor.commitment], durationSeconds: day },
    }),
  }
}

/** Says yes as soon as something is ready; resolves with the request's id once the yes is stored. */
async function decideReady(life: Life, decision: () => Promise<DecisionInput>): Promise<string> {
  return await until('something to decide', async () => {
    const ready = (await life.broker.queue.all()).find((one) => one.state.name === 'ready')
    if (!ready) return undefined
    await life.broker.decide(ready.id, await decision())
    return ready.id
  })
}

interface Outcome {
  disk: Disk
  result: unknown
  /** Whether a stored yes was asked for again. */
  askedTwice: boolean
  effects: number
}

/** One life that dies after so many effects, then another on the same disk, to the end. */
async function liveTwice(prepare: Prepare, dieAfter: number): Promise<Outcome> {
  const disk = newDisk(setting.relay)
  const {
    method,
    params,
    decision,
    origin = brigid.organization.origin,
  } = await prepare(startLife(setting.chain, setting.relay, disk))
  const page = { origin, call }
  const first = startLife(setting.chain, setting.relay, disk, { dieAfter })
  const answered = first.call(page, method, params).then(() => undefined)
  let saidYes = false
  const deciding = decideReady(first, () => decision(disk)).then(
    () => {
      saidYes = true
    },
    () => undefined,
  )
  // Without death it ends by itself: then there is no second life to look at.
  await Promise.race([first.dead, Promise.all([answered, deciding])])
  const stored = (await disk.tables.requests.all()).find(
    (one) => one.kind !== 'connect' && one.via.kind === 'page' && one.via.calls.includes(call),
  )
  const yesIsStored = saidYes || stored?.state.name === 'working'
  if (dieAfter % 2 === 0) disk.node.restart()

  const second = startLife(setting.chain, setting.relay, disk)
  const resumed = second.broker.resume()
  const again = second.call(page, method, params)
  let askedTwice = false
  const ended = again.then(() => true)
  await until('the answer', async () => {
    const ready = (await second.broker.queue.all()).find((one) => one.state.name === 'ready')
    if (ready) {
      askedTwice = yesIsStored
      await second.broker.decide(ready.id, await decision(disk)).catch(() => undefined)
    }
    return (await Promise.race([ended, Promise.resolve(false)])) ? true : undefined
  })
  await resumed
  return { disk, result: resultOf(await again), askedTwice, effects: first.effects() }
}

/** How many effects the whole takes when nobody dies. */
async function countEffects(prepare: Prepare): Promise<number> {
  return (await liveTwice(prepare, Number.MAX_SAFE_INTEGER)).effects
}

describe('a background that dies while it works', () => {
  it('finishes a deposit exactly once, wherever it died', async () => {
    const effects = await countEffects(offered)
    expect(effects).toBeGreaterThan(12)
    for (let dieAfter = 1; dieAfter <= effects; dieAfter++) {
      const where = `after effect ${dieAfter} of ${effects}`
      const { disk, result, askedTwice } = await liveTwice(offered, dieAfter)
      const receipt = result as DepositReceipt
      expect(receipt.status, where).toBe('anchored')
      expect(askedTwice, where).toBe(false)
      const records = await disk.tables.records.all()
      expect(
        records.map((record) => [record.commitment, record.status]),
        where,
      ).toEqual([[receipt.commitment, 'saved']])
      const countersigned = setting.relay.acts
        .filter((act) => act.kind === 'anchor' && act.anchor.anchor.commitment === receipt.commitment)
        .map((act) => act.kind === 'anchor' && act.anchor.acceptance.signature)
      expect(new Set(countersigned).size, where).toBe(1)
    }
  }, 120_000)

  it('gives whoever checks a deposit one grant, wherever it died', async () => {
    const effects = await countEffects(offeredToCheck)
    expect(effects).toBeGreaterThan(20)
    const box = () => setting.relay.inboxes.get(elm.organization.account.address.toLowerCase()) ?? []
    for (let dieAfter = 1; dieAfter <= effects; dieAfter++) {
      const where = `after effect ${dieAfter} of ${effects}`
      const before = box().length
      const { disk, result, askedTwice } = await liveTwice(offeredToCheck, dieAfter)
      expect(result, where).toMatchObject({ status: 'anchored', review: 'granted' })
      expect(askedTwice, where).toBe(false)
      const grants = await disk.tables.grants.all()
      expect(
        grants.map(({ status, review }) => [status, review?.told]),
        where,
      ).toEqual([['active', true]])
      const { patient } = grants[0]?.signed.grant ?? expect.fail()
      const given = setting.relay.acts.filter((act) => act.kind === 'grant' && act.grant.patient === patient)
      expect(new Set(given.map((act) => act.kind === 'grant' && act.signature)).size, where).toBe(1)
      // Told once, or once more by who could not know; of the same grant either way.
      expect([1, 2], where).toContain(box().length - before)
      const lines = (await disk.log.all()).filter(({ event }) => event === 'review-granted')
      expect(lines, where).toHaveLength(1)
    }
  }, 180_000)

  it('gives one grant and one decision, wherever it died', async () => {
    const effects = await countEffects(asked)
    expect(effects).toBeGreaterThan(12)
    for (let dieAfter = 1; dieAfter <= effects; dieAfter++) {
      const where = `after effect ${dieAfter} of ${effects}`
      const { disk, result, askedTwice } = await liveTwice(asked, dieAfter)
      const granted = result as GrantedAccess
      expect(askedTwice, where).toBe(false)
      const grants = await disk.tables.grants.all()
      expect(
        grants.map((grant) => [grant.grantId, grant.status]),
        where,
      ).toEqual([[granted.grantId, 'active']])
      const { patient } = granted.grant.grant
      const signatures = setting.relay.acts.map(
        (act) => act.kind === 'grant' && act.grant.patient === patient && act.signature,
      )
      expect(new Set(signatures.filter(Boolean)).size, where).toBe(1)
      // The answer goes out first.
      const decided = await until('the line in the log', async () => {
        const lines = (await disk.log.all()).filter(
          (line) => line.event.startsWith('access-') && line.event !== 'access-requested',
        )
        return lines.length > 0 ? lines : undefined
      })
      expect(decided.length, where).toBe(1)
    }
  }, 180_000)
})

describe('a page that went away while the background slept', () => {
  it('has its unanswered requests taken back, and no window is opened for them', async () => {
    const disk = newDisk(setting.relay)
    const before = startLife(setting.chain, setting.relay, disk)
    const to = await connect(before, brigid)
    void before.call(
      { origin: brigid.organization.origin },
      'care_requestAccess',
      await brigid.request(to.patient),
    )
    const id = await until(
      'the request',
      async () => (await before.broker.queue.all()).find((one) => one.state.name === 'ready')?.id,
    )
    const after = startLife(setting.chain, setting.relay, disk, { isThere: () => false })
    await after.broker.resume()
    expect((await after.broker.queue.get(id))?.state.name).toBe('cancelled')
    expect(after.windows).toEqual([])
  })
})

describe('a relay that goes away in the middle', () => {
  it('leaves a deposit that was re-sealed in place, says so, and finishes it later', async () => {
    const disk = newDisk(setting.relay)
    const life = startLife(setting.chain, setting.relay, disk)
    const to = await connect(life, brigid)
    const offer = await brigid.offer(to)
    const answer = life.call({ origin: brigid.organization.origin }, 'care_deposit', offer)
    const ready = await until('the deposit', async () =>
      (await life.broker.queue.all()).find((one) => one.state.name === 'ready'),
    )
    setting.relay.down = true
    await life.broker.decide(ready.id, { outcome: 'approve' })
    const reply = await answer.finally(() => {
      setting.relay.down = false
    })
    expect(reply).toMatchObject({ error: { data: { reason: 'relay-unreachable' } } })
    expect((await life.broker.queue.get(ready.id))?.state).toMatchObject({
      name: 'failed',
      failure: { retryable: true, message: expect.stringContaining('kept, locked, on this computer') },
    })
    await life.broker.resume()
    expect((await life.broker.queue.get(ready.id))?.state.name).toBe('done')
    expect(await disk.tables.records.get(offer.anchor.commitment)).toMatchObject({ status: 'saved' })
  })

  it('leaves nothing of a deposit that the ledger will not have, and says so', async () => {
    const doomed = await setting.hospital('Doomed Clinic')
    const disk = newDisk(setting.relay)
    const life = startLife(setting.chain, setting.relay, disk)
    const offer = await doomed.offer(await connect(life, doomed))
    const answer = life.call({ origin: doomed.organization.origin }, 'care_deposit', offer)
    const ready = await until('the deposit', async () =>
      (await life.broker.queue.all()).find((one) => one.state.name === 'ready'),
    )
    await setting.chain.suspend(doomed.organization)
    await life.broker.decide(ready.id, { outcome: 'approve' })
    expect(await answer).toMatchObject({ error: { data: { reason: 'organization-suspended' } } })
    expect((await life.broker.queue.get(ready.id))?.state).toMatchObject({
      failure: { retryable: false, message: expect.stringContaining('Nothing was kept') },
    })
    expect(await disk.tables.records.all()).toEqual([])
    expect(disk.node.blocks.size).toBe(0)
  })
})
