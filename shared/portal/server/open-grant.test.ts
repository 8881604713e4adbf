import { randomBytes } from 'node:crypto'
import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organizationIdOf } from '../../contracts/organizations.ts'
import { encodeEnvelope } from '../../crypto/envelope.ts'
import { seal } from '../../crypto/seal.ts'
import { anchorTypedData } from '../../protocol/anchor.ts'
import { CarekeyError, type Reason } from '../../protocol/errors.ts'
import { encodeStatement } from '../../protocol/statement.ts'
import { typedData } from '../../protocol/typed-data.ts'
import {
  acceptAnchor,
  type GivenGrant,
  type GrantWish,
  giveGrant,
  type KeptRecord,
  keepRecord,
  newAccount,
  newRecipient,
  now,
  pseudonymOf,
  type RecordWish,
  revoke,
  sealRecord,
  signed,
} from '../testing/patient.ts'
import { startWorld, type TestOrganization, type World } from '../testing/world.ts'
import type { Fetcher } from './fetch-sealed.ts'
import { ledgerClient } from './ledger.ts'
import { openGrant } from './open-grant.ts'
import { readOptions } from './options.ts'

let world: World
let hospital: TestOrganization
let clinic: TestOrganization
let patient: PrivateKeyAccount
let vault: string

beforeAll(async () => {
  world = await startWorld()
  hospital = await world.register('St. Brigid Hospital')
  clinic = await world.register('Lindqvist Clinic')
  patient = newAccount()
  vault = (await newRecipient()).recipient
})
afterAll(() => world.stop())

const record = (wish: Partial<RecordWish> = {}): Promise<KeptRecord> =>
  keepRecord(world, vault, { author: hospital, ...wish })
const give = (records: KeptRecord[], wish: Partial<GrantWish> = {}): Promise<GivenGrant> =>
  giveGrant(world, { patient, grantee: clinic, records, ...wish })

/** Where ciphertext comes from does not matter to what is checked. */
const from = (files: Map<string, Uint8Array>): Fetcher => ({
  fetchSealed: async ({ cid }) => {
    const bytes = files.get(cid)
    if (!bytes) throw new CarekeyError('not-found', 'There is nothing under this CID.')
    return { bytes, transport: 'gateway' }
  },
  stop: async () => undefined,
})

async function open({ granted, files }: Pick<GivenGrant, 'granted' | 'files'>, options = {}, as = clinic) {
  const settings = await readOptions({ network: world.network, organization: as.options })
  return openGrant(
    { settings, ledger: ledgerClient(world.network), fetcher: from(files), relay: nobody },
    granted,
    options,
  )
}

/** A relay whose sponsor was given nothing. */
const nobody = {
  submission: () =>
    Promise.reject(new CarekeyError('not-found', 'The sponsor has not been given such an act.')),
}

const reasonOf = (opening: Promise<unknown>): Promise<Reason | 'opened'> =>
  opening.then(
    () => 'opened' as const,
    (error: unknown) => {
      if (error instanceof CarekeyError) return error.reason
      throw error
    },
  )

describe('opening a grant', () => {
  it('returns the records with everything that was verified', async () => {
    const content = randomBytes(2_500_000)
    const given = await give([await record({ content }), await record()])
    const { records } = await open(given)
    expect(records).toHaveLength(2)
    expect(Buffer.compare(records[0]?.content ?? new Uint8Array(0), content)).toBe(0)
    expect(records[0]?.verified).toMatchObject({
      statement: true,
      content: true,
      author: { name: 'St. Brigid Hospital', signer: hospital.account.address.toLowerCase() },
      subject: true,
      grant: true,
    })
  })

  it('accepts a record whose author was suspended after it was anchored', async () => {
    const author = await world.register('Old Mill Surgery')
    const given = await give([await record({ author })])
    await world.suspend(author)
    expect(await reasonOf(open(given))).toBe('opened')
  })

  it('refuses a grant for another organization', async () => {
    const given = await give([await record()])
    expect(await reasonOf(open(given, {}, hospital))).toBe('record-damaged')
  })

  it('refuses a grant of another patient than the one in the room', async () => {
    const given = await give([await record()])
    expect(await reasonOf(open(given, { patient: pseudonymOf(newAccount()) }))).toBe('patient-mismatch')
  })

  it('refuses a relay that is not of the network', async () => {
    const given = await give([await record()])
    const granted = { ...given.granted, relay: 'https://elsewhere.example' }
    expect(await reasonOf(open({ ...given, granted }))).toBe('params-invalid')
  })

  it('refuses a grant that is not on the ledger, that was revoked, that has not begun, that ran out', async () => {
    const records = [await record()]
    expect(await reasonOf(open(await give(records, { unsubmitted: true }), { grantWaitMs: 0 }))).toBe(
      'grant-unknown',
    )
    const revoked = await give(records)
    await revoke(world, patient, revoked.granted.grantId)
    expect(await reasonOf(open(revoked))).toBe('grant-revoked')
    const early = await give(records, { grant: { notBefore: now() + 600 } })
    expect(await reasonOf(open(early))).toBe('grant-not-started')
  })

  it('refuses a grant whose signature another made', async () => {
    const given = await give([await record()], {
      change: async (manifest) => {
        manifest.grant.signature = await signed(
          newAccount(),
          typedData(world.network, 'Grant', {
            patient: manifest.grant.grant.patient,
            grantee: clinic.id,
            purpose: `0x${'00'.repeat(32)}`,
            notBefore: 0n,
            notAfter: 1n,
            scopeHash: manifest.grant.grant.scopeHash,
            deadline: 0n,
          }),
        )
      },
    })
    expect(await reasonOf(open(given))).toBe('signature-wrong')
  })

  it('refuses a manifest that belongs to another grant', async () => {
    const records = [await record()]
    const [one, other] = [await give(records), await give(records)]
    const granted = { ...one.granted, manifest: other.granted.manifest }
    expect(await reasonOf(open({ granted, files: other.files }))).toBe('grant-scope')
  })

  it('refuses a scope that is not the signed one, a record too many, a record too few, a record twice', async () => {
    const [one, two] = [await record(), await record()]
    const wider = (change: GrantWish['change']) => give([one, two], change ? { change } : {})
    const attempts = [
      wider(({ scope }) => void scope.categories.push('imaging')),
      wider(({ entries }) => void entries.pop()),
      wider(({ entries }) => void entries.splice(1, 1, ...entries.slice(0, 1))),
      give([one], { scope: { commitments: [one.anchor.anchor.commitment, two.anchor.anchor.commitment] } }),
      give([one, two], { scope: { commitments: [one.anchor.anchor.commitment] } }),
    ]
    for (const attempt of attempts) expect(await reasonOf(open(await attempt))).toBe('grant-scope')
  })

  it('refuses a record outside the permitted categories or period', async () => {
    const imaging = await record({ statement: { category: 'imaging' } })
    expect(await reasonOf(open(await give([imaging])))).toBe('grant-scope')
    const old = await record({ statement: { period: { start: '2001-01-01', end: '2001-02-01' } } })
    expect(await reasonOf(open(await give([old])))).toBe('grant-scope')
  })

  it('refuses a record whose link another signed', async () => {
    const one = await record()
    const given = await give([{ ...one, subject: newAccount() }])
    expect(await reasonOf(open(given))).toBe('signature-wrong')
  })

  it('refuses a link that was made for another grant', async () => {
    const one = await record()
    const earlier = await give([one])
    const link = earlier.manifest.entries[0]?.link
    const given = await give([one], {
      change: ({ entries }) => {
        if (entries[0] && link) entries[0].link = link
      },
    })
    expect(await reasonOf(open(given))).toBe('signature-wrong')
  })

  it('refuses a record that is not on the ledger', async () => {
    expect(await reasonOf(open(await give([await record({ unanchored: true })])))).toBe('anchor-missing')
  })

  it('refuses a record that another signed in the author’s name', async () => {
    const one = await record()
    const given = await give([one], {
      change: async ({ entries }) => {
        const [entry] = entries
        if (!entry) return
        entry.anchor.signature = await signed(
          clinic.account,
          anchorTypedData(world.network, entry.anchor.anchor),
        )
      },
    })
    expect(await reasonOf(open(given))).toBe('signature-wrong')
  })

  it('refuses what an author who is not accredited could not bring to the ledger, whoever brought it', async () => {
    // The hospital brings to the ledger what others wrote, who could not have; they sign for it themselves.
    const suspended = await world.register('Closed Clinic')
    await world.suspend(suspended)
    const later = { id: organizationIdOf('https://later.example'), account: newAccount() }
    const outcomes: string[] = []
    for (const { id, account } of [suspended, later]) {
      const brought = await record({ statement: { author: id } })
      const given = await give([brought], {
        change: async ({ entries: [entry] }) => {
          if (!entry) return
          entry.anchor.author = id
          entry.anchor.signature = await signed(account, anchorTypedData(world.network, entry.anchor.anchor))
        },
      })
      outcomes.push(await reasonOf(open(given)))
    }
    expect(outcomes).toEqual(['anchor-missing', 'anchor-missing'])
  })

  it('refuses an anchor that speaks of another author, subject or version than the statement', async () => {
    const one = await record()
    const other = await world.register('Another Hospital')
    const changed = (change: (anchor: KeptRecord['anchor']) => void) =>
      give([one], {
        change: ({ entries }) => {
          if (entries[0]) change(entries[0].anchor)
        },
      })
    const attempts = [
      changed((anchor) => {
        anchor.author = other.id
      }),
      changed((anchor) => {
        anchor.anchor.subject = pseudonymOf(newAccount())
      }),
      changed((anchor) => {
        anchor.anchor.previous = anchor.anchor.commitment
      }),
    ]
    for (const attempt of attempts) expect(await reasonOf(open(await attempt))).toBe('anchor-mismatch')
  })

  it('refuses a record that is on the ledger for somebody else only', async () => {
    const one = await record({ unanchored: true })
    const thief = newAccount()
    const anchor = { ...one.anchor.anchor, subject: pseudonymOf(thief) }
    const signature = await signed(hospital.account, anchorTypedData(world.network, anchor))
    await acceptAnchor(world, thief, { ...one.anchor, anchor, signature })
    expect(await reasonOf(open(await give([one])))).toBe('anchor-missing')
  })

  it('refuses a statement that the author did not sign', async () => {
    const given = await give([await record()], {
      change: ({ entries }) => {
        if (entries[0]) entries[0].statement = { ...entries[0].statement, title: 'Something else' }
      },
    })
    expect(await reasonOf(open(given))).toBe('statement-mismatch')
  })

  it('refuses content of another hash or length', async () => {
    const one = await record({ content: new TextEncoder().encode('{"value":5.1}') })
    for (const text of ['{"value":9.1}', '{}']) {
      const forged = await sealRecord(vault, encodeStatement(one.statement), new TextEncoder().encode(text))
      expect(await reasonOf(open(await give([{ ...one, ...forged }])))).toBe('record-hash-wrong')
    }
  })

  it('refuses content of another length than its author stated', async () => {
    const given = await give([await record({ statement: { contentBytes: 5 } })])
    expect(await reasonOf(open(given))).toBe('record-hash-wrong')
  })

  it('refuses a sealed record of another size than the list says', async () => {
    const given = await give([await record()], {
      change: ({ entries: [entry] }) => {
        if (entry) entry.sealedBytes++
      },
    })
    expect(await reasonOf(open(given))).toBe('record-damaged')
  })

  it('refuses a sealed record that carries another statement', async () => {
    const one = await record()
    const statement = encodeStatement({ ...one.statement, title: 'Another' })
    const forged = await sealRecord(vault, statement, new TextEncoder().encode('{"resourceType":"Bundle"}'))
    expect(await reasonOf(open(await give([{ ...one, ...forged }])))).toBe('statement-mismatch')
  })

  it('refuses bytes that were damaged, cut short, or sealed under another key', async () => {
    const one = await record()
    const flipped = one.sealed.slice()
    const last = flipped.length - 1
    flipped[last] = (flipped[last] ?? 0) ^ 1
    expect(await reasonOf(open(await give([{ ...one, sealed: flipped }])))).toBe('record-damaged')
    const given = await give([one])
    given.files.set(one.cid, one.sealed.subarray(0, -16))
    expect(await reasonOf(open(given))).toBe('record-damaged')
    const fileKey = randomBytes(16)
    expect(await reasonOf(open(await give([{ ...one, fileKey }])))).toBe('record-damaged')
  })

  it('refuses a manifest that is not in an envelope of its own', async () => {
    const given = await give([await record()])
    const statement = new TextEncoder().encode('{}')
    const sealed = await seal([clinic.recipient], encodeEnvelope({ statement, content: statement }))
    given.files.set(given.granted.manifest, sealed)
    expect(await reasonOf(open(given))).toBe('record-damaged')
  })

  it('says that the ledger is away, and opens nothing', async () => {
    const given = await give([await record()])
    const away = { ...world.network, rpcUrl: 'http://127.0.0.1:1' }
    const settings = await readOptions({ network: away, organization: clinic.options })
    const opening = openGrant(
      { settings, ledger: ledgerClient(away), fetcher: from(given.files), relay: nobody },
      given.granted,
    )
    expect(await reasonOf(opening)).toBe('ledger-unreachable')
  })

  // Last: the chain's clock does not go back.
  it('refuses a grant that ran out by the chain’s clock', async () => {
    const given = await give([await record()])
    await world.pass(2 * 60 * 60)
    expect(await reasonOf(open(given))).toBe('grant-expired')
  })
})
