import { IDBFactory } from 'fake-indexeddb'
import { fakeBrowser } from 'wxt/testing/fake-browser'
import type { StretchParameters } from '../../shared/crypto/password.ts'
import type { GuardedArea } from './session.ts'
import { createVault, type Vault } from './vault.ts'

/** The cheapest stretching that a vault accepts. */
export const floor: StretchParameters = { memoryKib: 19 * 1024, iterations: 2, parallelism: 1 }

export const passphrase = 'correct horse battery'

/** One browser: what it stores, its clock, and the vault of a context that may die and come back. */
export interface TestBrowser {
  indexedDB: IDBFactory
  storage: { local: GuardedArea; session: GuardedArea }
  /** Unix milliseconds. */
  clock: { now: number }
  /** A new context over the same storage, started. */
  wake(): Promise<Vault>
}

export function testBrowser(): TestBrowser {
  fakeBrowser.reset()
  const indexedDB = new IDBFactory()
  const storage = { local: areaOf(fakeBrowser.storage.local), session: areaOf(fakeBrowser.storage.session) }
  const clock = { now: 1_800_000_000_000 }
  const wake = async () => {
    const vault = createVault({ storage, indexedDB, now: () => clock.now, stretch: floor })
    await vault.start()
    return vault
  }
  return { indexedDB, storage, clock, wake }
}

/** Without `setAccessLevel`, which the fake has not. */
function areaOf({ get, set, remove }: GuardedArea): GuardedArea {
  return { get, set, remove }
}
