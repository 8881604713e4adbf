/** Which files are stored: every root with all of its blocks, so that a block that another file needs is never dropped. */
export interface Roots {
  put(root: string, blocks: readonly string[]): Promise<void>
  delete(root: string): Promise<void>
  /** Blocks by root. */
  all(): Promise<Map<string, string[]>>
  close(): void
}

const table = 'roots'

/** Opens the database of this name. */
export async function openRoots(name: string): Promise<Roots> {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(table)
  const database = await done(opening)

  async function write(change: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = database.transaction(table, 'readwrite', { durability: 'strict' })
    change(transaction.objectStore(table))
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error)
    })
  }

  return {
    put: (root, blocks) => write((store) => store.put([...blocks], root)),
    delete: (root) => write((store) => store.delete(root)),
    async all() {
      const store = database.transaction(table).objectStore(table)
      const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())])
      return new Map(keys.map((key, index) => [String(key), blocksOf(values[index])]))
    },
    close: () => database.close(),
  }
}

const blocksOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
