import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { HDKey } from '@scure/bip32'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from './bytes.ts'
import {
  backupSeed,
  delegateKey,
  depositIdentity,
  emergencyIdentity,
  emergencyKey,
  guardianKey,
  pseudonymKey,
  recipientOf,
  relayAccountKey,
  storageIdentity,
} from './derive.ts'
import { seedOf } from './mnemonic.ts'
import vectors from './vectors/derive.json' with { type: 'json' }

const seed = seedOf(vectors.phrase)

function addressOf(key: Uint8Array): string {
  return toHex(keccak_256(secp256k1.getPublicKey(key, false).subarray(1)).subarray(12))
}

/** The path written out from a string of binary digits, as a second way to the same indices. */
function pathOf(kind: number, identifier: Uint8Array): string {
  const digits = Array.from(identifier, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const indices = digits.slice(0, 248).match(/.{31}/g) ?? []
  return `m/2273'/${kind}'/${indices.map((index) => `${Number.parseInt(index, 2)}'`).join('/')}`
}

describe('the frozen vectors', () => {
  test('the phrase gives its seed', () => {
    expect(toHex(seed)).toBe(vectors.seed)
  })

  test.each(vectors.organizations)(
    'organization $id',
    async ({ id, pseudonym, address, identity, recipient }) => {
      expect(toHex(pseudonymKey(seed, id))).toBe(pseudonym)
      expect(addressOf(pseudonymKey(seed, id))).toBe(address)
      expect(depositIdentity(seed, id)).toBe(identity)
      expect(await recipientOf(identity)).toBe(recipient)
    },
  )

  test.each(vectors.relays)('relay $host', ({ host, key, address }) => {
    expect(toHex(relayAccountKey(seed, host))).toBe(key)
    expect(addressOf(relayAccountKey(seed, host))).toBe(address)
  })

  test('storage and backup', async () => {
    expect(storageIdentity(seed)).toBe(vectors.storage.identity)
    expect(await recipientOf(storageIdentity(seed))).toBe(vectors.storage.recipient)
    expect(toHex(backupSeed(seed))).toBe(vectors.backupSeed)
  })
})

test('emergencies: the card, who guards others, and where answers are sealed to', async () => {
  const { emergency } = vectors
  expect(toHex(emergencyKey(seed))).toBe(emergency.pseudonym)
  expect(addressOf(emergencyKey(seed))).toBe(emergency.address)
  expect(toHex(guardianKey(seed))).toBe(emergency.guardian)
  expect(addressOf(guardianKey(seed))).toBe(emergency.guardianAddress)
  expect(emergencyIdentity(seed)).toBe(emergency.identity)
  expect(await recipientOf(emergencyIdentity(seed))).toBe(emergency.recipient)
  expect(emergencyKey(seed)).toEqual(HDKey.fromMasterSeed(seed).derive("m/2273'/5'/0'").privateKey)
  expect(guardianKey(seed)).toEqual(HDKey.fromMasterSeed(seed).derive("m/2273'/5'/1'").privateKey)
})

test('who acts for somebody else has a key for each invitation', () => {
  const { careIndex, key, address } = vectors.delegate
  expect(toHex(delegateKey(seed, careIndex))).toBe(key)
  expect(addressOf(delegateKey(seed, careIndex))).toBe(address)
  expect(delegateKey(seed, careIndex)).toEqual(
    HDKey.fromMasterSeed(seed).derive(pathOf(6, new Uint8Array(32).fill(0xc4))).privateKey,
  )
  expect(delegateKey(seed, `0x${'c5'.repeat(32)}`)).not.toEqual(delegateKey(seed, careIndex))
})

describe('the path', () => {
  test('is hardened at every step and spells out the first 248 bits of the identifier', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (anySeed, id) => {
          const expected = HDKey.fromMasterSeed(anySeed).derive(pathOf(0, id)).privateKey
          expect(pseudonymKey(anySeed, toHex(id))).toEqual(expected)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('of a relay comes from the hash of its host name in lower case', () => {
    const hash = sha256(new TextEncoder().encode('relay.example.org'))
    const expected = HDKey.fromMasterSeed(seed).derive(pathOf(2, hash)).privateKey
    expect(relayAccountKey(seed, 'Relay.Example.ORG')).toEqual(expected)
  })

  test('of an organization does not depend on the case of its hex digits', () => {
    const id = `0x${'aB'.repeat(32)}`
    expect(pseudonymKey(seed, id)).toEqual(pseudonymKey(seed, id.toLowerCase()))
  })
})

describe('what is refused', () => {
  test.each(['', '0x', `0x${'0'.repeat(63)}`, `0x${'0'.repeat(65)}`, 'g'.repeat(66), '1'.repeat(64)])(
    'an organization called %j',
    (id) => {
      expect(() => pseudonymKey(seed, id)).toThrow(expect.objectContaining({ reason: 'argument-invalid' }))
      expect(() => depositIdentity(seed, id)).toThrow(expect.objectContaining({ reason: 'argument-invalid' }))
    },
  )

  test('a seed of another length, a relay without a name', () => {
    expect(() => storageIdentity(seed.subarray(1))).toThrow(
      expect.objectContaining({ reason: 'argument-invalid' }),
    )
    expect(() => relayAccountKey(seed, '')).toThrow(expect.objectContaining({ reason: 'argument-invalid' }))
  })

  test('an identity of the wrong form, without quoting it', async () => {
    const broken = storageIdentity(seed).replace(/.$/, '')
    const error = await recipientOf(broken).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ reason: 'identity-invalid' })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(broken.slice(20, 40))
  })
})
