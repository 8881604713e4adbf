import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Connection, voucherTypedData } from '../../protocol/connection.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { answerChallenge, newAccount, newRecipient, now, pseudonymOf, signed } from '../testing/patient.ts'
import { startWorld, type TestOrganization, type World } from '../testing/world.ts'
import { createPortal, type Portal } from './portal.ts'

let world: World
let hospital: TestOrganization
let brigid: Portal
let lindqvist: Portal

beforeAll(async () => {
  world = await startWorld()
  hospital = await world.register('St. Brigid Hospital')
  brigid = await createPortal({ network: world.network, organization: hospital.options })
  const clinic = await world.register('Lindqvist Clinic')
  lindqvist = await createPortal({ network: world.network, organization: clinic.options })
})
afterAll(() => world.stop())

const reasonOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof CarekeyError ? error.reason : error),
  )

describe('connecting', () => {
  let recipient: string
  beforeAll(async () => {
    recipient = (await newRecipient()).recipient
  })

  it('answers a patient’s answer with a voucher that the organization signed', async () => {
    const account = newAccount()
    const connected = await brigid.acceptConnection(
      await answerChallenge(world, await brigid.challenge(), account, recipient),
    )
    expect(connected).toMatchObject({ patient: pseudonymOf(account), recipient })
    const { signature, ...voucher } = connected.voucher
    expect(signature).toBe(await signed(hospital.account, voucherTypedData(world.network, voucher)))
  })

  it('refuses a challenge that was answered already, or that nobody set', async () => {
    const account = newAccount()
    const once = await answerChallenge(world, await brigid.challenge(), account, recipient)
    await brigid.acceptConnection(once)
    expect(await reasonOf(brigid.acceptConnection(once))).toBe('request-replayed')
    const elsewhere = await answerChallenge(world, await lindqvist.challenge(), account, recipient, {
      origin: hospital.options.origin,
    })
    expect(await reasonOf(brigid.acceptConnection(elsewhere))).toBe('request-replayed')
  })

  it('accepts one of two answers that come at once', async () => {
    const once = await answerChallenge(world, await brigid.challenge(), newAccount(), recipient)
    const outcomes = await Promise.all([1, 2].map(() => reasonOf(brigid.acceptConnection(once))))
    expect(outcomes.sort()).toEqual(['done', 'request-replayed'])
  })

  it('refuses another origin, a late answer, another’s signature, a signature with a high s, and no answer at all', async () => {
    const account = newAccount()
    const fresh = (changes: Partial<Connection>) =>
      brigid.challenge().then((challenge) => answerChallenge(world, challenge, account, recipient, changes))
    expect(await reasonOf(brigid.acceptConnection(await fresh({ origin: 'https://phish.example' })))).toBe(
      'origin-refused',
    )
    expect(await reasonOf(brigid.acceptConnection(await fresh({ deadline: now() - 1 })))).toBe(
      'deadline-passed',
    )
    expect(await reasonOf(brigid.acceptConnection(await fresh({ patient: pseudonymOf(newAccount()) })))).toBe(
      'signature-wrong',
    )
    const { signature } = await fresh({})
    expect(await reasonOf(brigid.acceptConnection(await fresh({ signature: twinOf(signature) })))).toBe(
      'signature-wrong',
    )
    expect(await reasonOf(brigid.acceptConnection({ hello: 'there' }))).toBe('params-invalid')
  })
})

/** The other signature over the same message: s mirrored, v flipped. */
function twinOf(signature: `0x${string}`): Connection['signature'] {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const s = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0')
  return `${signature.slice(0, 66)}${s}${signature.endsWith('1b') ? '1c' : '1b'}` as Connection['signature']
}
