import { isDeepStrictEqual } from 'node:util'
import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Manifest, ManifestEntry } from '../../protocol/manifest.ts'
import {
  entryOf,
  type GivenGrant,
  giveGrant,
  type KeptRecord,
  keepRecord,
  newAccount,
  newRecipient,
  sealManifest,
} from '../testing/patient.ts'
import { startWorld, type TestOrganization, type World } from '../testing/world.ts'
import { ledgerClient } from './ledger.ts'
import { openGrant } from './open-grant.ts'
import { readOptions } from './options.ts'

// Threats, T18: a hospital or a relay swaps, rolls back or omits versions of records. All of it must be noticed.

const mutations = 1_000
const seed = 0x5eed_2026

let world: World
let clinic: TestOrganization
let patient: PrivateKeyAccount
let current: KeptRecord[]
let older: KeptRecord[]
let given: GivenGrant
let foreign: GivenGrant

beforeAll(async () => {
  world = await startWorld()
  const hospital = await world.register('St. Brigid Hospital')
  clinic = await world.register('Lindqvist Clinic')
  patient = newAccount()
  const subject = newAccount()
  const { recipient } = await newRecipient()
  older = []
  current = []
  for (const title of ['Lipid panel', 'Blood count', 'Kidney function', 'Liver function']) {
    const text = (version: string) => new TextEncoder().encode(JSON.stringify({ title, version }))
    const first = await keepRecord(world, recipient, {
      author: hospital,
      subject,
      content: text('first'),
      statement: { title },
    })
    const previous = first.anchor.anchor.commitment
    const wish = { author: hospital, subject, content: text('second'), statement: { title, previous } }
    older.push(first)
    current.push(await keepRecord(world, recipient, wish))
  }
  given = await giveGrant(world, { patient, grantee: clinic, records: current })
  foreign = await giveGrant(world, { patient, grantee: clinic, records: older })
})
afterAll(() => world.stop())

/** mulberry32: the same mutations each time, and the seed says which. */
function randomOf(state: number): (below: number) => number {
  let now = state
  return (below) => {
    now = (now + 0x6d2b79f5) | 0
    let mixed = Math.imul(now ^ (now >>> 15), now | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Change = (
  set: { manifest: Manifest; files: Map<string, Uint8Array> },
  random: (below: number) => number,
) => void

const pick = <T>(items: readonly T[], random: (below: number) => number): T => {
  const item = items[random(items.length)]
  if (item === undefined) throw new RangeError('Nothing to pick from.')
  return item
}

const swapOf =
  (fields: readonly (keyof ManifestEntry)[]): Change =>
  ({ manifest: { entries } }, random) => {
    const one = pick(entries, random)
    const other = pick(entries, random)
    const kept = { ...one }
    for (const field of fields) Object.assign(one, { [field]: other[field] })
    for (const field of fields) Object.assign(other, { [field]: kept[field] })
  }

/** Every way in which somebody on the way, or the sealing side, might change the set. */
const changes: Record<string, Change> = {
  'swaps the ciphertexts of two records': swapOf(['cid', 'sealedBytes', 'fileKey']),
  'swaps two file keys': swapOf(['fileKey']),
  'swaps two statements': swapOf(['statement']),
  'swaps two anchors': swapOf(['anchor']),
  'swaps statement and anchor of two records': swapOf(['statement', 'anchor']),
  'rolls a record back to its former version': ({ manifest: { entries } }, random) => {
    const index = random(entries.length)
    entries[index] = structuredClone(pick(oldEntries, random))
  },
  'rolls back the ciphertext alone': ({ manifest: { entries } }, random) => {
    const { cid, sealedBytes, fileKey } = pick(oldEntries, random)
    Object.assign(pick(entries, random), { cid, sealedBytes, fileKey })
  },
  'serves a former version under the new address': ({ files }, random) => {
    files.set(pick(current, random).cid, pick(older, random).sealed)
  },
  'serves another record under an address': ({ files }, random) => {
    files.set(pick(current, random).cid, pick(current, random).sealed)
  },
  'omits a record': ({ manifest: { entries } }, random) => {
    entries.splice(random(entries.length), 1)
  },
  'omits a record from list and scope': ({ manifest: { entries, scope } }, random) => {
    const index = random(entries.length)
    entries.splice(index, 1)
    scope.commitments.splice(index, 1)
  },
  'lists a record twice': ({ manifest: { entries } }, random) => {
    entries.push(structuredClone(pick(entries, random)))
  },
  'lists a record twice in place of another': ({ manifest: { entries } }, random) => {
    entries[random(entries.length)] = structuredClone(pick(entries, random))
  },
  'adds a former version': ({ manifest: { entries, scope } }, random) => {
    const entry = structuredClone(pick(oldEntries, random))
    entries.push(entry)
    if (random(2)) scope.commitments.push(entry.anchor.anchor.commitment)
  },
  'takes the scope of another grant': ({ manifest }) => {
    manifest.scope = structuredClone(foreign.manifest.scope)
  },
  'takes the whole list of another grant': ({ manifest }) => {
    Object.assign(manifest, structuredClone(foreign.manifest))
  },
  'rewrites a former version’s link to the chain': ({ manifest: { entries } }, random) => {
    const { statement, anchor } = pick(entries, random)
    statement.previous = null
    if (random(2)) anchor.anchor.previous = null
  },
  'drops or damages bytes': ({ files }, random) => {
    const { cid, sealed } = pick(current, random)
    const changed = random(2) ? sealed.slice(0, random(sealed.length)) : sealed.slice()
    const at = random(Math.max(1, changed.length))
    if (changed.length > 0) changed[at] = (changed[at] ?? 0) ^ (1 + random(255))
    files.set(cid, changed)
  },
}

let oldEntries: ManifestEntry[]

it(`notices every one of ${mutations} swaps, rollbacks and omissions`, { timeout: 180_000 }, async () => {
  const settings = await readOptions({ network: world.network, organization: clinic.options })
  const ledger = ledgerClient(world.network)
  const { granted } = given
  oldEntries = await Promise.all(older.map((record) => entryOf(world, granted.grantId, patient, record)))
  const random = randomOf(seed)
  const names = Object.keys(changes)

  async function attempt(change: Change | undefined): Promise<{ changed: boolean; outcome: string }> {
    const files = new Map([...given.files, ...foreign.files])
    const manifest = structuredClone(given.manifest)
    change?.({ manifest, files }, random)
    const before = new Map([...given.files, ...foreign.files])
    const changed = !isDeepStrictEqual(manifest, given.manifest) || !isDeepStrictEqual(files, before)
    if (change && !changed) return { changed, outcome: 'nothing changed' }
    const sealed =
      manifest.entries.length > 0 ? await sealManifest(clinic.recipient, manifest) : new Uint8Array(0)
    files.set(granted.manifest, sealed)
    const nobody = {
      submission: () =>
        Promise.reject(new CarekeyError('not-found', 'The sponsor has not been given such an act.')),
    }
    const fetcher = {
      fetchSealed: async ({ cid }: { cid: string }) => ({
        bytes: files.get(cid) ?? new Uint8Array(0),
        transport: 'gateway' as const,
      }),
      stop: async () => undefined,
    }
    try {
      await openGrant({ settings, ledger, fetcher, relay: nobody }, granted)
      return { changed, outcome: 'opened' }
    } catch (error) {
      if (!(error instanceof CarekeyError)) throw error
      return { changed, outcome: error.reason }
    }
  }

  expect(await attempt(undefined)).toEqual({ changed: false, outcome: 'opened' })

  const outcomes = new Map<string, number>()
  const missed: string[] = []
  for (let made = 0; made < mutations; ) {
    const name = pick(names, random)
    const { changed, outcome } = await attempt(changes[name])
    if (!changed) continue
    made++
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if (outcome === 'opened') missed.push(name)
  }
  expect(missed).toEqual([])
  expect(outcomes.get('ledger-unreachable')).toBeUndefined()
  expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(mutations)
})
