import type { Unlocked } from './unlocked.ts'

/** What is kept of one item, for how long, and whether a log may hold it. */
export interface StoredItem {
  kept: 'persisted' | 'session' | 'memory'
  loggable: boolean
  holds: string
}

/** IndexedDB database `carekey-vault`, and the key in `storage.local`: two copies of one document. */
export const headerItem = 'carekey-vault'
/** The key in `storage.session`. */
export const sessionItem = 'carekey-session'

const secretInMemory = { kept: 'memory', loggable: false } as const

/** Every item that this room stores or keeps; the last ones are the fields of an unlocked vault. */
export const storedItems = {
  [`indexeddb:${headerItem}`]: {
    kept: 'persisted',
    loggable: false,
    holds: 'the data key wrapped by the passphrase, the phrase sealed by the data key, settings',
  },
  [`local:${headerItem}`]: { kept: 'persisted', loggable: false, holds: 'a second copy of the same' },
  [`session:${sessionItem}`]: {
    kept: 'session',
    loggable: false,
    holds: 'the data key until auto-lock, in memory of the browser, for trusted contexts only',
  },
} as const satisfies Record<string, StoredItem>

export const memoryItems: Record<keyof Unlocked, StoredItem> = {
  dataKey: { ...secretInMemory, holds: 'the data key' },
  cipherKey: { ...secretInMemory, holds: 'the data key as WebCrypto holds it' },
  nameKey: { ...secretInMemory, holds: 'the key that hashes names of stored items' },
  keyring: { ...secretInMemory, holds: 'the seed and what was derived from it' },
}
