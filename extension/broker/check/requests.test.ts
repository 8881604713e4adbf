import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hash32Schema } from '../../../shared/protocol/ids.ts'
import { ledgerOf } from '../ledger.ts'
import type { Hospital } from '../testing/hospital.ts'
import { type Setting, startSetting } from '../testing/setting.ts'
import { checkAccess, checkChallenge, checkOffer, checkVoucher } from './requests.ts'

const patient = '0x00000000000000000000000000000000000000aa'
const day = 24 * 60 * 60

let setting: Setting
let hospital: Hospital
let world: Parameters<typeof checkChallenge>[0]

beforeAll(async () => {
  setting = await startSetting()
  hospital = await setting.hospital('St. Brigid Hospital')
  const { network } = setting.chain
  world = { network, ledger: ledgerOf(network), now: () => Math.floor(Date.now() / 1_000) }
}, 60_000)
afterAll(() => setting.chain.stop())

const refusal = (reason: string) => expect.objectContaining({ reason })

describe('a challenge', () => {
  it('passes when organization, origin, signature and deadline are right', async () => {
    const { origin, id } = hospital.organization
    const checked = await checkChallenge(world, await hospital.challenge(), origin)
    expect(checked.organization.id).toBe(id)
    expect(checked.id).toMatch(/^0x[0-9a-f]{64}$/)
  })

  it('is refused for another web site than the one that shows it', async () => {
    const signed = await hospital.challenge()
    await expect(checkChallenge(world, signed, 'https://evil.example')).rejects.toEqual(
      refusal('origin-refused'),
    )
  })

  it('is refused for a web site that the organization has not registered', async () => {
    const origin = 'https://stbrigid.example.evil.example'
    const signed = await hospital.challenge({ origin })
    await expect(checkChallenge(world, signed, origin)).rejects.toEqual(refusal('origin-not-registered'))
  })

  it('is refused with another key’s signature', async () => {
    const { origin } = hospital.organization
    const signed = await hospital.challenge()
    const another = await hospital.challenge()
    const forged = { ...signed, signature: another.signature }
    await expect(checkChallenge(world, forged, origin)).rejects.toEqual(refusal('signature-wrong'))
  })

  it('is refused with a signature whose s is high, which some would take for a second one', async () => {
    const { origin } = hospital.organization
    const signed = await hospital.challenge()
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const s = order - BigInt(`0x${signed.signature.slice(66, 130)}`)
    const v = signed.signature.endsWith('1b') ? '1c' : '1b'
    const twin = `${signed.signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}` as `0x${string}`
    await expect(checkChallenge(world, { ...signed, signature: twin }, origin)).rejects.toEqual(
      refusal('signature-wrong'),
    )
  })

  it('is refused after its deadline, by the chain’s clock', async () => {
    const { origin } = hospital.organization
    const signed = await hospital.challenge({ deadline: (await setting.chain.time()) - 1 })
    await expect(checkChallenge(world, signed, origin)).rejects.toEqual(refusal('deadline-passed'))
    const fast = { ...world, now: () => Math.floor(Date.now() / 1_000) + day }
    await checkChallenge(fast, await hospital.challenge(), origin)
  })

  it('is refused when its deadline lies too far ahead', async () => {
    const { origin } = hospital.organization
    const signed = await hospital.challenge({ deadline: (await setting.chain.time()) + day })
    await expect(checkChallenge(world, signed, origin)).rejects.toEqual(refusal('deadline-too-far'))
  })

  it('is refused from an organization that nobody has accredited', async () => {
    const organization = hash32Schema.parse(`0x${'7'.repeat(64)}`) as never
    const { origin } = hospital.organization
    const signed = await hospital.challenge({ organization })
    await expect(checkChallenge(world, signed, origin)).rejects.toEqual(refusal('organization-unknown'))
  })

  it('is refused from an organization that is suspended', async () => {
    const suspended = await setting.hospital('Suspended Clinic')
    await setting.chain.suspend(suspended.organization)
    const signed = await suspended.challenge()
    await expect(checkChallenge(world, signed, suspended.organization.origin)).rejects.toEqual(
      refusal('organization-suspended'),
    )
  })

  it('is refused from an organization whose accreditation has run out', async () => {
    const now = await setting.chain.time()
    const expired = await setting.hospital('Expired Clinic', { validFrom: now - day, validUntil: now - 1 })
    const signed = await expired.challenge()
    await expect(checkChallenge(world, signed, expired.organization.origin)).rejects.toEqual(
      refusal('organization-expired'),
    )
  })

  it('is refused, not waved through, when the ledger does not answer', async () => {
    const { origin } = hospital.organization
    const network = { ...setting.chain.network, rpcUrl: 'http://127.0.0.1:1' }
    const signed = await hospital.challenge()
    await expect(checkChallenge({ ...world, ledger: ledgerOf(network) }, signed, origin)).rejects.toEqual(
      refusal('ledger-unreachable'),
    )
  })

  it('is refused when the ledger’s address answers for another chain', async () => {
    const { origin } = hospital.organization
    const network = { ...setting.chain.network, chainId: 1 }
    const signed = await hospital.challenge()
    await expect(checkChallenge({ ...world, ledger: ledgerOf(network) }, signed, origin)).rejects.toEqual(
      refusal('ledger-unreachable'),
    )
  })
})

describe('a deposit offer', () => {
  const to = { patient, recipient: '' }
  const offer = async (change: Parameters<Hospital['offer']>[1] = {}) => {
    const { recipientOf, storageIdentity } = await import('../../../shared/crypto/derive.ts')
    const recipient = await recipientOf(storageIdentity(new Uint8Array(64)))
    return await hospital.offer({ ...to, recipient }, change)
  }

  it('passes for the page of its author, and from the inbox', async () => {
    const signed = await offer()
    await checkOffer(world, signed, hospital.organization.origin)
    await checkOffer(world, signed, null)
  })

  it('is refused with a wrong signature, a late or far deadline, or a relay that nobody configured', async () => {
    const { origin } = hospital.organization
    const now = await setting.chain.time()
    const [first, second] = [await offer(), await offer()]
    const cases = {
      'signature-wrong': { ...first, signature: second.signature },
      'deadline-passed': await offer({ anchor: { deadline: now - 1 } }),
      'deadline-too-far': await offer({ anchor: { deadline: now + 60 * day } }),
      'params-invalid': { ...first, relay: 'https://evil.example' },
      'record-too-large': { ...first, sealedBytes: 75 * 1024 * 1024 },
    }
    for (const [reason, bad] of Object.entries(cases)) {
      await expect(checkOffer(world, bad, origin)).rejects.toEqual(refusal(reason))
    }
  })
})

describe('an access request', () => {
  it('passes for the page of who asks', async () => {
    await checkAccess(world, await hospital.request(patient), hospital.organization.origin)
  })

  it('is refused when it names no category', async () => {
    const signed = await hospital.request(patient, { categories: [] })
    await expect(checkAccess(world, signed, hospital.organization.origin)).rejects.toEqual(
      refusal('scope-empty'),
    )
  })

  it('is refused when it asks for care in order to bill, and passes when it asks for bills', async () => {
    const { origin } = hospital.organization
    const ask = (categories: ('billing' | 'laboratory')[]) =>
      hospital.request(patient, { purpose: 'HPAYMT', categories })
    for (const categories of [['laboratory'], ['billing', 'laboratory']] as const) {
      await expect(checkAccess(world, await ask([...categories]), origin)).rejects.toEqual(
        refusal('purpose-exceeded'),
      )
    }
    await checkAccess(world, await ask(['billing']), origin)
  })

  it('is refused when anything in it was changed after signing', async () => {
    const { request, signature } = await hospital.request(patient)
    const changed = [
      { ...request, durationSeconds: request.durationSeconds + 1 },
      { ...request, categories: [...request.categories, 'genetics' as const] },
      { ...request, reason: 'For something else' },
      { ...request, period: { ...request.period, start: '1990-01-01' } },
    ]
    for (const bad of changed) {
      await expect(
        checkAccess(world, { request: bad, signature }, hospital.organization.origin),
      ).rejects.toEqual(refusal('signature-wrong'))
    }
  })

  it('is refused from the page of another accredited organization', async () => {
    const other = await setting.hospital('Lindqvist Clinic')
    await expect(
      checkAccess(world, await hospital.request(patient), other.organization.origin),
    ).rejects.toEqual(refusal('origin-not-registered'))
  })
})

describe('a voucher', () => {
  it('passes with its organization’s signature, and with no other', async () => {
    const { origin } = hospital.organization
    const voucher = await hospital.voucher(patient)
    await checkVoucher(world, voucher, origin)
    const changed = { ...voucher, deadline: voucher.deadline - 1 }
    await expect(checkVoucher(world, changed, origin)).rejects.toEqual(refusal('signature-wrong'))
  })
})
