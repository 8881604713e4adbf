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

describe('connecting', () => {
  it('asks once, and answers later challenges of the same site without asking', async () => {
    const first = await connect(life, brigid)
    const again = await life.call(page(brigid), 'care_connect', await brigid.challenge())
    expect(resultOf<{ patient: string }>(again).patient).toBe(first.patient)
    expect(life.windows).toHaveLength(1)
  })

  it('gives two organizations pseudonyms that differ', async () => {
    expect((await connect(life, brigid)).patient).not.toBe((await connect(life, lindqvist)).patient)
  })

  it('refuses a voucher for another patient', async () => {
    await connect(life, brigid)
    const voucher = await brigid.voucher('0x00000000000000000000000000000000000000aa')
    expect(reasonOf(await life.call(page(brigid), 'care_connect', { voucher }))).toBe('patient-mismatch')
  })

  it('ends by the page’s wish, and then nothing is answered without connecting anew', async () => {
    const to = await connect(life, brigid)
    resultOf(await life.call(page(brigid), 'care_disconnect', {}))
    expect(life.emitted).toContainEqual({ origin: brigid.organization.origin, event: 'disconnect' })
    const asked = await life.call(page(brigid), 'care_requestAccess', await brigid.request(to.patient))
    expect(reasonOf(asked)).toBe('not-connected')
    expect(reasonOf(await life.call(page(brigid), 'care_grants', {}))).toBe('not-connected')
  })
})

describe('a deposit', () => {
  it('is opened, re-sealed, pinned, countersigned and anchored, and only then saved', async () => {
    const { offer, receipt } = await deposit(brigid)
    const { commitment } = offer.anchor
    expect(receipt).toMatchObject({ commitment, status: 'anchored' })
    expect(await life.world.ledger.anchorOf({ ...offer.anchor, author: offer.author })).not.toBeNull()
    const [record] = await disk.tables.records.all()
    expect(record).toMatchObject({ commitment, status: 'saved' })
    expect(record?.cid).not.toBe(offer.cid)
    expect(setting.relay.pinned.has(record?.cid ?? '')).toBe(true)
    expect(setting.relay.staged.has(offer.cid)).toBe(false)
  })

  const wrong: Record<string, Parameters<Hospital['offer']>[1]> = {
    'anchor-mismatch': { anchor: { commitment: `0x${'1'.repeat(64)}` as never } },
    'record-hash-wrong': { sealedContent: '{"resourceType":"Patient"}' },
    'record-format-unknown': { content: 'no FHIR' },
    'previous-unknown': { statement: { previous: `0x${'2'.repeat(64)}` as never } },
    'statement-mismatch': { anchor: { previous: `0x${'3'.repeat(64)}` as never } },
  }
  for (const [reason, change] of Object.entries(wrong)) {
    it(`is refused as ${reason}, with no prompt and no trace`, async () => {
      const to = await connect(life, brigid)
      const prompts = life.windows.length
      const reply = await life.call(page(brigid), 'care_deposit', await brigid.offer(to, change))
      expect(reasonOf(reply)).toBe(reason)
      expect(life.windows).toHaveLength(prompts)
      expect(await disk.tables.records.all()).toEqual([])
      expect((await life.broker.queue.all()).filter((one) => one.kind === 'deposit')).toEqual([])
    })
  }

  it('is refused as a newer version of what another organization wrote', async () => {
    const { receipt } = await deposit(brigid)
    const to = await connect(life, lindqvist)
    const prompts = life.windows.length
    const offer = await lindqvist.offer(to, { statement: { previous: receipt.commitment } })
    expect(reasonOf(await life.call(page(lindqvist), 'care_deposit', offer))).toBe('previous-unknown')
    expect(life.windows).toHaveLength(prompts)
  })

  it('is refused for another patient, and before the organization is connected', async () => {
    const { recipient } = await connect(life, brigid)
    const other = await brigid.offer({ patient: '0x00000000000000000000000000000000000000aa', recipient })
    expect(reasonOf(await life.call(page(brigid), 'care_deposit', other))).toBe('patient-mismatch')
    const stranger = await lindqvist.offer({
      patient: '0x00000000000000000000000000000000000000aa',
      recipient,
    })
    expect(reasonOf(await life.call(page(lindqvist), 'care_deposit', stranger))).toBe('not-connected')
  })

  it('is refused when what was sealed cannot be opened by this patient', async () => {
    const { patient } = await connect(life, brigid)
    const { recipient } = await connect(
      startLife(setting.chain, setting.relay, newDisk(setting.relay)),
      brigid,
    )
    const offer = await brigid.offer({ patient, recipient })
    expect(reasonOf(await life.call(page(brigid), 'care_deposit', offer))).toBe('record-damaged')
  })

  it('leaves no trace but the decision when it is declined', async () => {
    const to = await connect(life, brigid)
    const offer = await brigid.offer(to)
    const answer = life.call(page(brigid), 'care_deposit', offer)
    await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'decline' })
    expect(reasonOf(await answer)).toBe('declined')
    expect(await disk.tables.records.all()).toEqual([])
    expect(disk.node.blocks.size).toBe(0)
    expect((await disk.log.all()).map((line) => line.event)).toContain('deposit-declined')
  })

  it('is kept and goes on by itself while the ledger is away', async () => {
    setting.relay.ledgerDown = true
    const { receipt, offer } = await deposit(brigid).finally(() => {
      setting.relay.ledgerDown = false
    })
    expect(receipt.status).toBe('waiting')
    expect(await disk.tables.records.get(offer.anchor.commitment)).toMatchObject({ status: 'waiting' })
    await life.broker.resume()
    expect(await disk.tables.records.get(offer.anchor.commitment)).toMatchObject({ status: 'saved' })
  })
})

describe('a locked vault', () => {
  it('opens our window for a well-formed request, and goes on once it is unlocked', async () => {
    disk.vault.setState('locked')
    const answer = life.call(page(brigid), 'care_connect', await brigid.challenge())
    await until('the window', async () => (life.windows.length > 0 ? true : undefined))
    expect(await disk.tables.requests.all()).toEqual([])
    disk.vault.setState('unlocked')
    await life.broker.decide((await readyRequest(life, 'connect')).id, { outcome: 'approve' })
    expect(resultOf<{ origin: string }>(await answer).origin).toBe(brigid.organization.origin)
  })

  it('opens no window for a malformed request, nor for what needs no person', async () => {
    disk.vault.setState('locked')
    const wrong = { ...(await brigid.challenge()), signature: `0x${'1'.repeat(128)}1b` }
    expect(reasonOf(await life.call(page(brigid), 'care_connect', wrong))).toBe('signature-wrong')
    expect(reasonOf(await life.call(page(brigid), 'care_grants', {}))).toBe('vault-locked')
    expect(life.windows).toEqual([])
  })

  it('that does not exist is told to the page', async () => {
    disk.vault.setState('none')
    expect(reasonOf(await life.call(page(brigid), 'care_connect', await brigid.challenge()))).toBe(
      'vault-missing',
    )
  })
})
