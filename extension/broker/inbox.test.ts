import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { open, seal } from '../../shared/crypto/seal.ts'
import { hash32Schema } from '../../shared/protocol/ids.ts'
import { answerMessageSchema, type PatientMessage } from '../../shared/protocol/inbox.ts'
import { depositOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, readyRequest, startLife, until } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

const day = 24 * 60 * 60

let setting: Setting
let brigid: Hospital
let disk: Disk
let life: Life
let to: { patient: string; recipient: string }

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(async () => {
  disk = newDisk(setting.relay)
  life = startLife(setting.chain, setting.relay, disk)
  to = await connect(life, brigid)
})

async function leave(message: PatientMessage | string, recipient = to.recipient): Promise<void> {
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  const sealed = await seal([recipient], new TextEncoder().encode(text))
  await setting.relay.client.postInbox(brigid.organization.account.address, to.patient as never, sealed)
}

const waiting = () => setting.relay.inboxes.get(to.patient)?.length ?? 0

async function answers() {
  const box = setting.relay.inboxes.get(brigid.organization.account.address.toLowerCase()) ?? []
  const plain = await Promise.all(box.map(({ sealed }) => open(brigid.organization.identity, sealed)))
  return plain.map((bytes) => answerMessageSchema.parse(JSON.parse(new TextDecoder().decode(bytes))))
}

describe('a request that waits in the inbox', () => {
  it('is stored, acknowledged and announced, and opens no window by itself', async () => {
    const windows = life.windows.length
    const signed = await brigid.request(to.patient)
    await leave({ kind: 'access', ...signed })
    expect(await life.broker.checkInbox()).toBe(1)
    const { id } = await readyRequest(life, 'access')
    expect(life.notifications).toEqual([id])
    expect(life.windows).toHaveLength(windows)
    expect(waiting()).toBe(0)
    expect(await life.broker.checkInbox()).toBe(0)
  })

  it('is declined with a signed answer, left for the organization alone', async () => {
    const signed = await brigid.request(to.patient)
    await leave({ kind: 'access', ...signed })
    await life.broker.checkInbox()
    const { id } = await readyRequest(life, 'access')
    await life.broker.decide(id, { outcome: 'decline' })
    expect(await answers()).toContainEqual({
      kind: 'decided',
      decision: expect.objectContaining({ request: id, outcome: 'declined', grant: null }),
      signature: expect.any(String),
    })
  })

  it('is answered in the name that the organization knows, which no other organization has', async () => {
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    await life.broker.checkInbox()
    const { id } = await readyRequest(life, 'access')
    await life.broker.decide(id, { outcome: 'decline' })
    const box = setting.relay.inboxes.get(brigid.organization.account.address.toLowerCase()) ?? []
    expect(box.at(-1)?.from).toBe(to.patient)
  })

  it('is granted the same way as a page’s, and answered by the inbox', async () => {
    const { commitment } = await depositOne(life, brigid)
    const signed = await brigid.request(to.patient)
    await leave({ kind: 'access', ...signed })
    await life.broker.checkInbox()
    const { id } = await readyRequest(life, 'access')
    await life.broker.decide(id, {
      outcome: 'approve',
      access: { commitments: [commitment], durationSeconds: day },
    })
    await until('the grant', async () =>
      (await life.broker.queue.get(id))?.state.name === 'done' ? true : undefined,
    )
    await until('the answer', async () =>
      (await answers()).find((answer) => answer.kind === 'granted' && answer.decision.request === id),
    )
  })

  it('is answered later when the relay is away, and once', async () => {
    const signed = await brigid.request(to.patient)
    await leave({ kind: 'access', ...signed })
    await life.broker.checkInbox()
    const { id } = await readyRequest(life, 'access')
    setting.relay.down = true
    await life.broker.decide(id, { outcome: 'decline' })
    setting.relay.down = false
    const mine = async () => (await answers()).filter((answer) => answer.decision.request === id)
    expect(await mine()).toEqual([])
    await life.broker.resume()
    await life.broker.resume()
    expect(await mine()).toHaveLength(1)
  })

  it('that was asked before is not asked again', async () => {
    const signed = await brigid.request(to.patient)
    await leave({ kind: 'access', ...signed })
    await leave({ kind: 'access', ...signed })
    expect(await life.broker.checkInbox()).toBe(1)
    expect(waiting()).toBe(0)
  })
})

describe('an organization that asks much', () => {
  it('has one request of a kind asked at a time; the others wait at the relay for the decision', async () => {
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    await leave({ kind: 'deposit', offer: await brigid.offer(to) })
    expect(await life.broker.checkInbox()).toBe(2)
    await readyRequest(life, 'deposit')
    const { id } = await readyRequest(life, 'access')
    expect(await life.broker.checkInbox()).toBe(0)
    expect(waiting()).toBe(2)
    expect(life.notifications).toHaveLength(2)
    await life.broker.decide(id, { outcome: 'decline' })
    expect(await life.broker.checkInbox()).toBe(1)
    expect((await readyRequest(life, 'access')).id).not.toBe(id)
    expect(waiting()).toBe(1)
  })

  it('is bounded as well when the inbox is looked at twice at once', async () => {
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    await Promise.all([life.broker.checkInbox(), life.broker.checkInbox()])
    expect(waiting()).toBe(1)
    expect(life.notifications).toHaveLength(1)
  })

  it('is named in the notification, and nothing else is', async () => {
    const notes: object[] = []
    life.world.notify = async (note) => void notes.push(note)
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    await leave({ kind: 'deposit', offer: await brigid.offer(to) })
    await life.broker.checkInbox()
    await readyRequest(life, 'access')
    await readyRequest(life, 'deposit')
    const words = { title: 'Carekey', message: 'St. Brigid Hospital asks for something. Open Carekey.' }
    expect(notes).toEqual([
      { id: expect.any(String), ...words },
      { id: expect.any(String), ...words },
    ])
  })

  it('gets one signed no, however often it is said at once', async () => {
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    await life.broker.checkInbox()
    const { id } = await readyRequest(life, 'access')
    let decisions = 0
    const { signAs } = life.world.vault
    life.world.vault.signAs = (organization, data) => {
      if (data.primaryType === 'Decision') decisions += 1
      return signAs(organization, data)
    }
    const both = await Promise.allSettled([
      life.broker.decide(id, { outcome: 'decline' }),
      life.broker.decide(id, { outcome: 'decline' }),
    ])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(decisions).toBe(1)
  })
})

describe('a deposit that waits in the inbox', () => {
  it('is not asked again while the record is kept and waits for the ledger', async () => {
    const salt = hash32Schema.parse(randomSalt())
    const offer = await brigid.offer(to, { statement: { salt } })
    setting.relay.ledgerDown = true
    await leave({ kind: 'deposit', offer })
    await life.broker.checkInbox()
    await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
    await until('the record', async () =>
      (await disk.tables.records.get(offer.anchor.commitment))?.status === 'waiting' ? true : undefined,
    )
    const notified = life.notifications.length
    const anchor = { deadline: offer.anchor.deadline - 60 }
    const again = await brigid.offer(to, { statement: { salt }, anchor })
    expect(again.anchor.commitment).toBe(offer.anchor.commitment)
    await leave({ kind: 'deposit', offer: again })
    await life.broker.checkInbox()
    setting.relay.ledgerDown = false
    expect(waiting()).toBe(0)
    expect(life.notifications).toHaveLength(notified)
    await life.broker.resume()
  })

  it('is checked, shown, and saved as from a page', async () => {
    const offer = await brigid.offer(to)
    await leave({ kind: 'deposit', offer })
    await life.broker.checkInbox()
    const { id } = await readyRequest(life, 'deposit')
    await life.broker.decide(id, { outcome: 'approve' })
    await until('the record', async () =>
      (await disk.tables.records.get(offer.anchor.commitment))?.status === 'saved' ? true : undefined,
    )
  })
})

describe('a bad message in the inbox', () => {
  it('is dropped with a line in the log, and hides no other', async () => {
    const other = await setting.hospital(
      `Another ${crypto
        .randomUUID()
        .slice(0, 8)
        .replace(/[0-9-]/g, 'x')}`,
    )
    const signed = await brigid.request(to.patient)
    await leave('not JSON at all')
    await leave({ kind: 'access', ...signed, signature: (await brigid.request(to.patient)).signature })
    // Another organization that learned the recipient still cannot ask in its own name here.
    await leave({ kind: 'access', ...(await other.request(to.patient)) })
    await leave({ kind: 'access', ...(await brigid.request(to.patient, { categories: [] })) })
    await leave({ kind: 'access', ...signed })
    expect(await life.broker.checkInbox()).toBe(1)
    expect(waiting()).toBe(0)
    const refused = (await disk.log.all()).filter((line) => line.event === 'refused')
    expect(refused.map((line) => line.details.reason)).toEqual([
      'params-invalid',
      'signature-wrong',
      'patient-mismatch',
      'scope-empty',
    ])
  })

  it('that was not sealed for this patient is dropped as well', async () => {
    const stranger = await connect(startLife(setting.chain, setting.relay, newDisk(setting.relay)), brigid)
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) }, stranger.recipient)
    expect(await life.broker.checkInbox()).toBe(0)
    expect(waiting()).toBe(0)
  })

  it('stays at the relay when it cannot be judged now', async () => {
    await leave({ kind: 'access', ...(await brigid.request(to.patient)) })
    const { CarekeyError } = await import('../../shared/protocol/errors.ts')
    const { ledger } = life.world
    const real = ledger.time
    ledger.time = () => Promise.reject(new CarekeyError('ledger-unreachable', 'The ledger does not answer.'))
    expect(await life.broker.checkInbox()).toBe(0)
    expect(waiting()).toBe(1)
    ledger.time = real
    expect(await life.broker.checkInbox()).toBe(1)
  })
})
