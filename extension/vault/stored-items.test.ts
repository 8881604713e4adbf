import { expect, test } from 'vitest'
import { wrapDataKey } from '../../shared/crypto/password.ts'
import { memoryItems, storedItems } from './stored-items.ts'
import { floor, passphrase, testBrowser } from './test-vault.ts'
import { openHeaderWith, sealPhrase } from './unlocked.ts'

test('everything that a vault stores is declared, and everything declared is stored', async () => {
  const browser = testBrowser()
  const keys = new Set<string>()
  for (const name of ['local', 'session'] as const) {
    const area = browser.storage[name]
    const { set } = area
    area.set = async (items) => {
      for (const key of Object.keys(items)) keys.add(`${name}:${key}`)
      await set(items)
    }
  }
  const vault = await browser.wake()
  const words = await vault.create(passphrase)
  await vault.confirmPhrase([1, 2, 3].map((position) => ({ position, word: words[position - 1] ?? '' })))
  await vault.setAutoLock(30)
  await vault.changePassphrase(passphrase, 'another passphrase')
  await vault.backupName()
  await vault.touch()
  for (const { name } of await browser.indexedDB.databases()) keys.add(`indexeddb:${name}`)
  expect([...keys].sort()).toEqual(Object.keys(storedItems).sort())
})

test('everything that an unlocked vault keeps in memory is declared', async () => {
  const dataKey = new Uint8Array(32).fill(7)
  const header = {
    version: 1 as const,
    revision: 1,
    wrapped: await wrapDataKey(dataKey, passphrase, floor),
    ...(await sealPhrase(dataKey, new Uint8Array(32))),
    phraseConfirmed: false,
    autoLockMinutes: 15,
    createdAt: 0,
  }
  const unlocked = await openHeaderWith(dataKey, header)
  expect(Object.keys(unlocked).sort()).toEqual(Object.keys(memoryItems).sort())
})

test('nothing of the vault may be logged', () => {
  for (const item of Object.values({ ...storedItems, ...memoryItems })) expect(item.loggable).toBe(false)
})
