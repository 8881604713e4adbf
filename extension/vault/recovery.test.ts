import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../shared/crypto/bytes.ts'
import { seedOf } from '../../shared/crypto/mnemonic.ts'
import { type OrganizationId, organizationIdSchema } from '../../shared/protocol/ids.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import { entropyOf, wordsOf } from './phrase.ts'
import { damageDatabase, damageLocal } from './test-damage.ts'
import { passphrase, testBrowser } from './test-vault.ts'

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const organizationId = bytes32.map((bytes) => organizationIdSchema.parse(toHex(bytes)))

test('the phrase alone finds pseudonym and storage identity again (R12)', { timeout: 60_000 }, async () => {
  const everything = new Set<string>()
  const found = ({ pseudonym, storageIdentity }: Keyring, organization: OrganizationId) => [
    pseudonym(organization).address,
    storageIdentity(),
  ]
  await fc.assert(
    fc.asyncProperty(bytes32, organizationId, async (entropy, organization) => {
      const words = wordsOf(entropy)
      expect(entropyOf(words)).toEqual(entropy)
      const first = found(createKeyring(seedOf(words.join(' '))), organization)
      expect(found(createKeyring(seedOf(words.join(' '))), organization)).toEqual(first)
      for (const key of first) everything.add(key)
    }),
    { seed: 12, numRuns: 100 },
  )
  expect(everything.size).toBe(200)
})

test('a keyring that was wiped derives nothing any more', async () => {
  const organization = organizationIdSchema.parse(`0x${'5d'.repeat(32)}`)
  const keyring = createKeyring(seedOf(wordsOf(new Uint8Array(32)).join(' ')))
  keyring.pseudonym(organization)
  keyring.wipe()
  const locked = expect.objectContaining({ reason: 'vault-locked' })
  expect(() => keyring.pseudonym(organization)).toThrow(locked)
  expect(() => keyring.relayAccount('https://relay.example')).toThrow(locked)
  expect(() => keyring.storageIdentity()).toThrow(locked)
  expect(() => keyring.depositIdentity(organization)).toThrow(locked)
})

test('with one copy gone the passphrase opens as before; with both gone the 24 words do (R11)', async () => {
  const browser = testBrowser()
  const organization = organizationIdSchema.parse(`0x${'5d'.repeat(32)}`)
  const vault = await browser.wake()
  const words = await vault.create(passphrase)
  const pseudonym = await vault.pseudonym(organization)
  await vault.lock()

  await damageDatabase(browser.indexedDB, '', { kind: 'unopenable' })
  const first = await browser.wake()
  expect(first.state()).toBe('locked')
  await first.unlock(passphrase)
  expect(await first.pseudonym(organization)).toBe(pseudonym)
  await first.lock()

  await damageLocal(browser.storage.local, 'x', { kind: 'flipped', at: 0 })
  const second = await browser.wake()
  await second.unlock(passphrase)
  await second.lock()

  await damageDatabase(browser.indexedDB, '', { kind: 'deleted' })
  await damageLocal(browser.storage.local, '', { kind: 'deleted' })
  const third = await browser.wake()
  expect(third.state()).toBe('none')
  await third.restore(words, passphrase)
  expect(await third.pseudonym(organization)).toBe(pseudonym)
})

test('storage that cannot be read is never offered for a new vault', async () => {
  const browser = testBrowser()
  await (await browser.wake()).create(passphrase)
  await browser.storage.session.remove('carekey-session')
  await damageDatabase(browser.indexedDB, '', { kind: 'deleted' })
  const { get } = browser.storage.local
  browser.storage.local.get = () => Promise.reject(new Error('not now'))
  const vault = await browser.wake()
  expect(vault.state()).toBe('locked')
  await expect(vault.create(passphrase)).rejects.toMatchObject({ reason: 'storage-full' })
  await expect(vault.unlock(passphrase)).rejects.toMatchObject({ reason: 'storage-full' })
  // It comes back without a restart.
  browser.storage.local.get = get
  await vault.unlock(passphrase)
  expect(vault.state()).toBe('unlocked')
})
