import { headerItem } from './stored-items.ts'

/** One of the places that hold a copy of the header. */
export interface Place {
  name: string
  /** `undefined` when nothing is there; rejects when the place cannot be reached. */
  read(): Promise<unknown>
  write(text: string): Promise<void>
  /** As `write`, on a place that may be damaged as a whole. Only while another copy is good. */
  renew(text: string): Promise<void>
}

/** `storage.local`, `storage.session`: what we use of a `browser.storage` area. */
export interface Area {
  get(key: string): Promise<Record<string, unknown>>
  set(items: Record<string, unknown>): Promise<void>
  remove(key: string): Promise<void>
}

export function localPlace(area: Area): Place {
  const write = (text: string) => area.set({ [headerItem]: text })
  return {
    name: `local:${headerItem}`,
    read: async () => (await area.get(headerItem))[headerItem],
    write,
    renew: write,
  }
}

const storeName = 'header'
const key = 'vault'
const version = 1

/** Opened for each act: a header is written a few times in a vault's life. */
export function indexedDbPlace(factory: IDBFactory): Place {
  const open = () =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const request = factory.open(headerItem, version)
      request.onupgradeneeded = () => request.result.createObjectStore(storeName)
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
      request.onblocked = () => reject(new Error('The database is held by an older page.'))
    })

  const inTransaction = async <T>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const database = await open()
    try {
      return await new Promise<T>((resolve, reject) => {
        const transaction = database.transaction(storeName, mode, { durability: 'strict' })
        const request = act(transaction.objectStore(storeName))
        transaction.oncomplete = () => resolve(request.result)
        transaction.onabort = () => reject(transaction.error)
      })
    } finally {
      database.close()
    }
  }

  const write = async (text: string): Promise<void> => {
    await inTransaction('readwrite', (store) => store.put(text, key))
  }
  const remove = () =>
    new Promise<void>((resolve, reject) => {
      const request = factory.deleteDatabase(headerItem)
      request.onsuccess = () => resolve()
      request.onerror = () => reject(request.error)
      request.onblocked = () => reject(new Error('The database is held by another page.'))
    })

  return {
    name: `indexeddb:${headerItem}`,
    read: () => inTransaction('readonly', (store) => store.get(key)),
    write,
    async renew(text) {
      try {
        await write(text)
      } catch {
        // It does not open any more, or lost its store.
        await remove()
        await write(text)
      }
    },
  }
}
