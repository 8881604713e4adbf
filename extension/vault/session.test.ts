import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { passphrase, type TestBrowser, testBrowser } from './test-vault.ts'

const minute = 60_000
let browser: TestBrowser
beforeEach(() => {
  browser = testBrowser()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the vault is still unlocked after the service worker died', async () => {
  await (await browser.wake()).create(passphrase)
  browser.clock.now += 14 * minute
  const woken = await browser.wake()
  expect(woken.state()).toBe('unlocked')
  await woken.storageRecipient()
})

test('locks when its time is over, also while the service worker was dead', async () => {
  const vault = await browser.wake()
  await vault.create(passphrase)
  expect(vault.autoLockAt()).toBe(browser.clock.now + 15 * minute)
  browser.clock.now += 15 * minute
  expect((await browser.wake()).state()).toBe('locked')
  expect(await browser.storage.session.get('carekey-session')).toEqual({})
  expect(vault.state()).toBe('locked')
  await expect(vault.itemKey('a')).rejects.toMatchObject({ reason: 'vault-locked' })
})

test('a person who acts postpones the lock; keys that are used do not', async () => {
  const vault = await browser.wake()
  await vault.create(passphrase)
  browser.clock.now += 10 * minute
  await vault.touch()
  browser.clock.now += 10 * minute
  await vault.itemKey('a')
  expect(vault.state()).toBe('unlocked')
  browser.clock.now += 5 * minute
  expect(vault.state()).toBe('locked')
  await vault.touch()
  expect((await browser.wake()).state()).toBe('locked')
})

test('a clock set back locks and never extends', async () => {
  const vault = await browser.wake()
  await vault.create(passphrase)
  browser.clock.now += 10 * minute
  await vault.itemKey('a')
  browser.clock.now -= 5 * minute
  expect(vault.state()).toBe('locked')
  await expect(vault.itemKey('a')).rejects.toMatchObject({ reason: 'vault-locked' })
  await vault.unlock(passphrase)
  browser.clock.now -= 24 * 60 * minute
  expect((await browser.wake()).state()).toBe('locked')
})

test('real time locks, whatever the clock says', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const vault = await browser.wake()
  const made = vault.create(passphrase)
  await vi.waitFor(() => expect(vault.state()).toBe('unlocked'))
  await made
  const changes = vi.fn()
  vault.onChange(changes)
  // The clock stands still.
  vi.advanceTimersByTime(15 * minute - 1)
  expect(vault.state()).toBe('unlocked')
  vi.advanceTimersByTime(1)
  await vi.waitFor(() => expect(vault.state()).toBe('locked'))
  expect(changes).toHaveBeenCalled()
})

test('the time is chosen by the patient, kept, and bounded', async () => {
  const vault = await browser.wake()
  await vault.create(passphrase)
  await vault.setAutoLock(60)
  expect(vault.autoLockMinutes()).toBe(60)
  browser.clock.now += 59 * minute
  const woken = await browser.wake()
  expect([woken.state(), woken.autoLockMinutes()]).toEqual(['unlocked', 60])
  for (const minutes of [0, 241, 1.5])
    await expect(woken.setAutoLock(minutes)).rejects.toMatchObject({ reason: 'params-invalid' })
})

test('a session that belongs to no vault here is thrown away', async () => {
  await (await browser.wake()).create(passphrase)
  const session = await browser.storage.session.get('carekey-session')
  const elsewhere = testBrowser()
  await (await elsewhere.wake()).create(passphrase)
  await elsewhere.storage.session.set(session)
  expect((await elsewhere.wake()).state()).toBe('locked')
  expect(await elsewhere.storage.session.get('carekey-session')).toEqual({})
})

test('only trusted contexts may read either area', async () => {
  const setAccessLevel = vi.fn(async () => undefined)
  browser.storage.local.setAccessLevel = setAccessLevel
  browser.storage.session.setAccessLevel = setAccessLevel
  await browser.wake()
  expect(setAccessLevel.mock.calls).toEqual(Array(2).fill([{ accessLevel: 'TRUSTED_CONTEXTS' }]))
})
