import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decodeEnvelope } from '../../shared/crypto/envelope.ts'
import { open } from '../../shared/crypto/seal.ts'
import { decodeManifest } from '../../shared/protocol/manifest.ts'
import type { DepositReceipt, GrantedAccess } from '../../shared/protocol/provider.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, readyRequest, startLife, until } from './testing/life.ts'
import { reasonOf, resultOf, type Setting, startSetting } from './testing/setting.ts'
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
    expect(await life.world.ledger.anchorOf(commitment)).toMatchObject({ subject: offer.anchor.subject })
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
