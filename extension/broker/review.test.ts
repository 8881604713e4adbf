import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decodeEnvelope } from '../../shared/crypto/envelope.ts'
import { open } from '../../shared/crypto/seal.ts'
import { reviewMessageSchema } from '../../shared/protocol/inbox.ts'
import { decodeManifest } from '../../shared/protocol/manifest.ts'
import type { DepositOffer, DepositReceipt } from '../../shared/protocol/provider.ts'
import { revoke } from './revoke.ts'
import type { Organization } from './testing/chain.ts'
import type { Hospital, OfferChange } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, readyRequest, startLife } from './testing/life.ts'
import { reasonOf, resultOf, type Setting, startSetting } from './testing/setting.ts'
import { grantView, requestView } from './views.ts'

const day = 24 * 60 * 60

let setting: Setting
let brigid: Hospital
let elm: Hospital
let northfield: Hospital
let supporters: Organization[]
let disk: Disk
let life: Life

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  elm = await setting.hospital('Elm Road Surgery')
  northfield = await setting.hospital('Northfield Hospital')
  supporters = await setting.chain.support(brigid.organization, [elm.organization, northfield.organization])
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(() => {
  disk = newDisk(setting.relay)
  life = startLife(setting.chain, setting.relay, disk)
})

const page = () => ({ origin: brigid.organization.origin })

async function offerOne(review: NonNullable<OfferChange['review']> = { supporters }): Promise<DepositOffer> {
  return await brigid.offer(await connect(life, brigid), { review })
}

async function depositOne(letReview: boolean): Promise<{ offer: DepositOffer; receipt: DepositReceipt }> {
  const offer = await offerOne()
  const answer = life.call(page(), 'care_deposit', offer)
  await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve', letReview })
  return { offer, receipt: resultOf<DepositReceipt>(await answer) }
}

/** What a supporter finds in its inbox about one patient, opened. */
async function mailOf({ organization }: Hospital, patient: string) {
  const box = setting.relay.inboxes.get(organization.account.address.toLowerCase()) ?? []
  const messages = await Promise.all(
    box.map(async ({ from, sealed }) => {
      const text = new TextDecoder().decode(await open(organization.identity, sealed))
      return { from, message: reviewMessageSchema.parse(JSON.parse(text)) }
    }),
  )
  return messages.filter(({ message }) => message.deposit.subject === patient)
}

describe('a deposit that others are asked to check', () => {
  it('shows who would check it and until when, and is not accepted without an answer to that', async () => {
    const offer = await offerOne()
    void life.call(page(), 'care_deposit', offer)
    const ready = await readyRequest(life, 'deposit')
    const view = await requestView(life.world, ready)
    if (view.kind !== 'deposit') throw new Error('It is a deposit.')
    expect(view.review).toMatchObject({ votingUntil: offer.review?.deposit.votingUntil, answer: null })
    expect(view.review?.supporters.map(({ name }) => name)).toEqual(supporters.map(({ name }) => name))
    await expect(life.broker.decide(ready.id, { outcome: 'approve' })).rejects.toMatchObject({
      reason: 'params-invalid',
    })
    expect(await disk.tables.records.all()).toEqual([])
  })

  it('gives each supporter a grant for this record alone, in the author’s pseudonym, and says so', async () => {
    const { offer, receipt } = await depositOne(true)
    expect(receipt).toMatchObject({ status: 'anchored', review: 'granted' })
    const { subject, commitment } = offer.anchor
    const grants = await disk.tables.grants.all()
    expect(grants.map(({ status }) => status)).toEqual(['active', 'active'])
    for (const hospital of [elm, northfield]) {
      const mail = await mailOf(hospital, subject)
      expect(mail).toHaveLength(1)
      // Whoever reads the relay’s table sees the pseudonym that the author knows, and no other.
      expect(mail[0]?.from.toLowerCase()).toBe(subject)
      const { granted, deposit, signature } = mail[0]?.message ?? expect.fail()
      expect({ deposit, signature }).toEqual({
        deposit: offer.review?.deposit,
        signature: offer.review?.signature,
      })
      expect(granted.grant.grant).toMatchObject({
        patient: subject,
        grantee: hospital.organization.id,
        purpose: 'HOPERAT',
        notAfter: deposit.votingUntil,
      })
      const sealed = setting.relay.pinned.get(granted.manifest) ?? new Uint8Array()
      const { content } = decodeEnvelope(await open(hospital.organization.identity, sealed))
      const { scope, entries } = decodeManifest(content)
      expect(scope.commitments).toEqual([commitment])
      expect(entries.map((entry) => entry.anchor.anchor.commitment)).toEqual([commitment])
      expect((await life.world.ledger.grantState(subject, granted.grantId)).grantedAt).toBeGreaterThan(0)
      expect(setting.relay.grants.get(granted.grantId)?.cids).toHaveLength(1)
    }
    const lines = (await life.world.log.all()).filter(({ event }) => event === 'review-granted')
    expect(lines.map(({ text }) => text).sort()).toEqual([
      'You let Elm Road Surgery check “Lipid panel”.',
      'You let Northfield Hospital check “Lipid panel”.',
    ])
  })

  it('is saved all the same when the patient lets nobody check it', async () => {
    const { offer, receipt } = await depositOne(false)
    expect(receipt).toMatchObject({ status: 'anchored', review: 'declined' })
    expect(await disk.tables.grants.all()).toEqual([])
    expect(await mailOf(elm, offer.anchor.subject)).toEqual([])
    expect((await disk.tables.records.all()).map(({ status }) => status)).toEqual(['saved'])
  })

  it('has grants that end like any other, by the pseudonym that gave them', async () => {
    const { offer } = await depositOne(true)
    const [stored] = await disk.tables.grants.all()
    if (!stored) throw new Error('It was granted.')
    const view = await grantView(life.world, stored, [])
    expect(view.reviewFor?.name).toBe('St. Brigid Hospital')
    expect((await revoke(life.world, stored.grantId)).status).toBe('revoked')
    const state = await life.world.ledger.grantState(offer.anchor.subject, stored.grantId)
    expect(state.revokedAt).toBeGreaterThan(0)
  })

  it('tells the page of a supporter, where the patient is one too, nothing of what it checks', async () => {
    await connect(life, elm)
    await depositOne(true)
    const reply = await life.call({ origin: elm.organization.origin }, 'care_grants', {})
    expect(resultOf(reply)).toEqual({ grants: [] })
    for (const { grantId } of await disk.tables.grants.all()) await revoke(life.world, grantId)
    expect(life.emitted.filter(({ origin }) => origin === elm.organization.origin)).toEqual([])
  })

  it('goes on by itself where the relay fails after the record was saved', async () => {
    const { call } = life.world.node
    life.world.node.call = async (type, request) => {
      if (type === 'node.pin' && (request as { name: string }).name === 'manifest') throw new Error('Gone.')
      return await call(type, request)
    }
    const { offer, receipt } = await depositOne(true)
    expect(receipt).toMatchObject({ status: 'anchored', review: 'granted' })
    expect(await mailOf(elm, offer.anchor.subject)).toEqual([])
    life.world.node.call = call
    await life.broker.resume()
    expect(await mailOf(elm, offer.anchor.subject)).toHaveLength(1)
    await life.broker.resume()
    expect(await mailOf(elm, offer.anchor.subject)).toHaveLength(1)
    expect(await disk.tables.grants.all()).toHaveLength(2)
  })
})

describe('a wish for a check is refused', () => {
  const day8 = 8 * day
  const cases: [string, string, () => Promise<NonNullable<OfferChange['review']>>][] = [
    [
      'of another record',
      'statement-mismatch',
      async () => ({ supporters, deposit: { commitment: `0x${'12'.repeat(32)}` as never } }),
    ],
    [
      'of another author',
      'statement-mismatch',
      async () => ({ supporters, deposit: { author: elm.organization.id } }),
    ],
    [
      'that another organization signed',
      'signature-wrong',
      async () => ({ supporters, signer: elm.organization }),
    ],
    [
      'whose voting is over',
      'deadline-passed',
      async () => ({ supporters, deposit: { votingUntil: (await setting.chain.time()) - 1 } }),
    ],
    [
      'whose voting lasts too long',
      'deadline-too-far',
      async () => ({ supporters, deposit: { votingUntil: (await setting.chain.time()) + 90 * day + day8 } }),
    ],
    [
      'by some that the ledger does not name',
      'support-refused',
      async () => ({ supporters: [...supporters, brigid.organization] }),
    ],
    ['by fewer than the ledger names', 'support-refused', async () => ({ supporters: supporters.slice(1) })],
  ]
  it.each(cases)('%s', async (_, reason, wrong) => {
    const reply = await life.call(page(), 'care_deposit', await offerOne(await wrong()))
    expect(reasonOf(reply)).toBe(reason)
    expect(life.windows).not.toContain('deposit')
    expect((await life.broker.queue.all()).filter(({ kind }) => kind === 'deposit')).toEqual([])
  })
})
