import { CarekeyError } from '../../shared/protocol/errors.ts'

/** One sealed row. `key` tells nothing to who has no data key. */
export interface Row {
  table: string
  key: string
  sealed: Uint8Array
}

export interface Database {
  read(table: string, key: string): Promise<Uint8Array | undefined>
  readAll(table: string): Promise<Row[]>
  /** All of them or none; resolves when the browser says they are on disk. */
  write(rows: readonly Row[]): Promise<void>
  remove(table: string, key: string): Promise<void>
}

export const databaseName = 'carekey-index'
const storeName = 'rows'
const byTable = 'table'
const version = 1

/** IndexedDB, opened at first use and again after the browser has closed it. */
export function openDatabase(factory: IDBFactory): Database {
  let opened: Promise<IDBDatabase> | undefined

  const connect = (): Promise<IDBDatabase> => {
    opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = factory.open(databaseName, version)
      request.onupgradeneeded = () => {
        const store = request.result.createObjectStore(storeName, { keyPath: ['table', 'key'] })
        store.createIndex(byTable, 'table')
      }
      request.onsuccess = () => {
        const database = request.result
        const forget = () => {
          database.close()
          opened = undefined
        }
        database.onversionchange = forget
        database.onclose = forget
        resolve(database)
      }
      request.onerror = () => reject(request.error)
      request.onblocked = () => reject(new Error('The database is held by an older page.'))
    }).catch((cause: unknown) => {
      opened = undefined
      throw cause
    })
    return opened
  }

  const inTransaction = async <T>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T> | undefined,
  ): Promise<T | undefined> => {
    const database = await connect()
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(storeName, mode, { durability: 'strict' })
      const request = act(transaction.objectStore(storeName))
      transaction.oncomplete = () => resolve(request?.result)
      transaction.onabort = () => reject(transaction.error)
      transaction.onerror = () => reject(transaction.error)
    })
  }

  const stored = async (act: (store: IDBObjectStore) => void): Promise<void> => {
    try {
      await inTransaction('readwrite', (store) => {
        act(store)
        return undefined
      })
    } catch (cause) {
      throw new CarekeyError(
        'storage-full',
        'The browser could not store this. Free some space on this device and try again.',
        { cause },
      )
    }
  }

  return {
    read: async (table, key) =>
      rowOf(await inTransaction('readonly', (store) => store.get([table, key])))?.sealed,
    readAll: async (table) => {
      const rows: unknown[] =
        (await inTransaction('readonly', (store) => store.index(byTable).getAll(table))) ?? []
      return rows.flatMap((row) => rowOf(row) ?? [])
    },
    write: (rows) =>
      stored((store) => {
        // IndexedDB keeps the whole buffer behind a view.
        for (const row of rows) store.put({ ...row, sealed: row.sealed.slice() })
      }),
    remove: (table, key) => stored((store) => store.delete([table, key])),
  }
}

/** A row whose form is damaged comes back with no bytes, which no cipher opens. */
function rowOf(value: unknown): Row | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { table, key, sealed } = value as Partial<Record<keyof Row, unknown>>
  if (typeof table !== 'string' || typeof key !== 'string') return undefined
  return { table, key, sealed: sealed instanceof Uint8Array ? sealed : new Uint8Array(0) }
}
