import { beforeEach, describe, expect, test } from 'vitest'
import { organizationIdSchema } from '../../shared/protocol/ids.ts'
import { signInTypedData } from '../../shared/protocol/sign-in.ts'
import { floor, passphrase, type TestBrowser, testBrowser } from './test-vault.ts'
import { createVault } from './vault.ts'

const organization = organizationIdSchema.parse(`0x${'5d'.repeat(32)}`)
const address = `0x${'11'.repeat(20)}` as const
const deployment = {
  chainId: 31337,
  contracts: { accreditation: address, consents: address, records: address },
}
const relay = 'https://relay.example'

let browser: TestBrowser
beforeEach(() => {
  browser = testBrowser()
})

describe('creating', () => {
  test('gives 24 words, leaves the vault unlocked and opens again with the passphrase', async () => {
    const vault = await browser.wake()
    expect(vault.state()).toBe('none')
    const words = await vault.create(passphrase)
    expect(words).toHaveLength(24)
    expect(vault.state()).toBe('unlocked')
    expect(vault.phraseConfirmed()).toBe(false)
    const pseudonym = await vault.pseudonym(organization)
    await vault.lock()
    expect(vault.state()).toBe('locked')
    await expect(vault.pseudonym(organization)).rejects.toMatchObject({ reason: 'vault-locked' })
    await vault.unlock(passphrase)
    expect(await vault.pseudonym(organization)).toBe(pseudonym)
    expect(await vault.reveal(passphrase)).toEqual(words)
  })

  test('is never seen locked on the way from no vault to an unlocked one', async () => {
    const vault = await browser.wake()
    const seen: string[] = []
    vault.onChange(() => seen.push(vault.state()))
    await vault.create(passphrase)
    expect(seen.filter((state) => state === 'locked')).toEqual([])
    expect(seen.at(-1)).toBe('unlocked')
  })

  test('refuses where a vault is, and a short passphrase, and leaves what is there', async () => {
    const vault = await browser.wake()
    await expect(vault.create('too short')).rejects.toMatchObject({
      reason: 'params-invalid',
      message: 'Choose a passphrase of at least 12 characters.',
    })
    expect(vault.state()).toBe('none')
    const words = await vault.create(passphrase)
    await expect(vault.create(passphrase)).rejects.toMatchObject({ reason: 'params-invalid' })
    const woken = await browser.wake()
    await expect(woken.create(passphrase)).rejects.toMatchObject({ reason: 'params-invalid' })
    expect(await woken.reveal(passphrase)).toEqual(words)
  })

  test('refuses a wrong passphrase everywhere and says which field it was', async () => {
    const vault = await browser.wake()
    await vault.create(passphrase)
    const wrong = 'correct horse bettery'
    const refused = { reason: 'params-invalid', data: { field: 'passphrase' } }
    await expect(vault.reveal(wrong)).rejects.toMatchObject(refused)
    await expect(vault.exportIdentity(wrong)).rejects.toMatchObject(refused)
    await expect(vault.changePassphrase(wrong, 'another passphrase')).rejects.toMatchObject(refused)
    await vault.lock()
    await expect(vault.unlock(wrong)).rejects.toMatchObject(refused)
    expect(vault.state()).toBe('locked')
  })

  test('every method that needs keys refuses without a vault', async () => {
    const vault = await browser.wake()
    const data = signInTypedData(deployment, {
      account: address,
      audience: relay,
      nonce: organization,
      deadline: 1,
    })
    const empty = new Uint8Array()
    const calls = [
      () => vault.unlock(passphrase),
      () => vault.reveal(passphrase),
      () => vault.exportIdentity(passphrase),
      () => vault.changePassphrase(passphrase, passphrase),
      () => vault.confirmPhrase([]),
      () => vault.setAutoLock(5),
      () => vault.pseudonym(organization),
      () => vault.signAs(organization, data),
      () => vault.relayAccount(relay),
      () => vault.signAsRelayAccount(relay, data),
      () => vault.depositRecipient(organization),
      () => vault.storageRecipient(),
      () => vault.openDepositHeader(organization, empty),
      () => vault.openDeposit(organization, empty),
      () => vault.createStorageHeader(),
      () => vault.openStorage(empty),
      () => vault.sealItem('a', empty),
      () => vault.openItem('a', empty),
      () => vault.itemKey('a'),
      () => vault.backupName(),
      () => vault.backupPointer('bafy', 1n),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ reason: 'vault-missing' })
  })
})

describe('the phrase', () => {
  test('is confirmed by three right words, once and for all', async () => {
    const vault = await browser.wake()
    const words = await vault.create(passphrase)
    const answer = (position: number) => ({ position, word: words[position - 1] ?? '' })
    expect(await vault.confirmPhrase([answer(1), answer(2)])).toBe(false)
    expect(await vault.confirmPhrase([answer(1), answer(1), answer(1)])).toBe(false)
    expect(await vault.confirmPhrase([answer(1), answer(9), { position: 24, word: 'zebras' }])).toBe(false)
    expect(vault.phraseConfirmed()).toBe(false)
    expect(await vault.confirmPhrase([answer(3), answer(9), answer(24)])).toBe(true)
    expect((await browser.wake()).phraseConfirmed()).toBe(true)
  })

  test('restores the same keys in another browser', async () => {
    const first = await browser.wake()
    const words = await first.create(passphrase)
    const keys = [
      await first.pseudonym(organization),
      await first.storageRecipient(),
      await first.backupName(),
    ]
    const second = await testBrowser().wake()
    await second.restore(words, 'another passphrase')
    expect([
      await second.pseudonym(organization),
      await second.storageRecipient(),
      await second.backupName(),
    ]).toEqual(keys)
    expect(second.phraseConfirmed()).toBe(true)
  })

  test('sets a new passphrase when the old one is forgotten, and what was sealed still opens', async () => {
    const vault = await browser.wake()
    const words = await vault.create(passphrase)
    const sealed = await vault.sealItem('item', new Uint8Array([1, 2, 3]))
    const key = await vault.itemKey('item')
    await vault.lock()
    await vault.restore(words, 'another passphrase')
    expect(await vault.openItem('item', sealed)).toEqual(new Uint8Array([1, 2, 3]))
    expect(await vault.itemKey('item')).toBe(key)
    await vault.lock()
    await expect(vault.unlock(passphrase)).rejects.toMatchObject({ reason: 'params-invalid' })
  })

  test('of another vault, or with a wrong word, changes nothing here', async () => {
    const elsewhere = await (await testBrowser().wake()).create(passphrase)
    const here = testBrowser()
    const vault = await here.wake()
    const words = await vault.create(passphrase)
    await expect(vault.restore(elsewhere, passphrase)).rejects.toMatchObject({ reason: 'params-invalid' })
    await expect(vault.restore(words.toReversed(), passphrase)).rejects.toMatchObject({
      reason: 'params-invalid',
    })
    expect(await vault.reveal(passphrase)).toEqual(words)
  })
})

test('a changed passphrase replaces the old one', async () => {
  const vault = await browser.wake()
  await vault.create(passphrase)
  const pseudonym = await vault.pseudonym(organization)
  await vault.changePassphrase(passphrase, 'another passphrase')
  const woken = await browser.wake()
  await woken.lock()
  await expect(woken.unlock(passphrase)).rejects.toMatchObject({ reason: 'params-invalid' })
  await woken.unlock('another passphrase')
  expect(await woken.pseudonym(organization)).toBe(pseudonym)
})

test('stretching is raised at the next unlock when the default has risen', async () => {
  const vault = await browser.wake()
  await vault.create(passphrase)
  const stretch = { ...floor, iterations: 3 }
  const raised = createVault({ storage: browser.storage, indexedDB: browser.indexedDB, stretch })
  await raised.unlock(passphrase)
  const stored = (await browser.storage.local.get('carekey-vault'))['carekey-vault']
  expect(JSON.parse(String(stored)).header.wrapped.iterations).toBe(3)
  await (await browser.wake()).unlock(passphrase)
})
