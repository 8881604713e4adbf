import { z } from 'zod'
import { canonicalBytes } from '../../shared/protocol/canonical.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type Database, openDatabase, type Row } from './database.ts'
import { storedTables, type TableName } from './stored-tables.ts'

/** What seals the values: the vault. Each method rejects with `vault-locked` while there is no key. */
export interface Cipher {
  sealItem(name: string, plain: Uint8Array): Promise<Uint8Array>
  /** Rejects with `record-damaged` on damage, or when the item was sealed under another name or key. */
  openItem(name: string, sealed: Uint8Array): Promise<Uint8Array>
  /** A keyed hash of the name, which tells nothing to who has no key. */
  itemKey(name: string): Promise<string>
}

export interface Table<T> {
  /** Rejects with `record-damaged` when the row is there and cannot be read. */
  get(id: string): Promise<T | undefined>
  put(id: string, value: T): Promise<void>
  delete(id: string): Promise<void>
  /** Every row that can be read, in no order; `Store.damaged` counts the others. */
  all(): Promise<T[]>
}

export interface Entry<T> {
  id: string
  value: T
}

/** A table as this room sees it. */
export interface OpenTable<T> extends Table<T> {
  entries(): Promise<{ entries: Entry<T>[]; damaged: number }>
  /** A sealed row for `Store.write`. */
  row(id: string, value: T): Promise<Row>
}

export interface Store {
  table<S extends z.ZodType>(name: TableName, schema: S): OpenTable<z.output<S>>
  /** Rows of several tables, all or none. */
  write(rows: readonly Row[]): Promise<void>
  /** Rows of a table that cannot be read. */
  damaged(name: TableName): Promise<number>
}

const rowSchema = z.strictObject({ id: z.string(), value: z.unknown() })

/** The index: every value sealed and bound to its place, checked by its schema on the way in and out. */
export function openStore(cipher: Cipher, factory: IDBFactory = globalThis.indexedDB): Store {
  const database = openDatabase(factory)
  return {
    table: (name, schema) => tableOf(database, cipher, name, schema),
    write: (rows) => database.write(rows),
    damaged: async (name) => (await tableOf(database, cipher, name, z.unknown()).entries()).damaged,
  }
}

function tableOf<S extends z.ZodType>(
  database: Database,
  cipher: Cipher,
  name: TableName,
  schema: S,
): OpenTable<z.output<S>> {
  type T = z.output<S>
  if (!Object.hasOwn(storedTables, name)) throw new RangeError(`The table ${name} is not declared.`)
  const keyOf = (id: string) => cipher.itemKey(`${name}/${id}`)
  // The place is authenticated with the value, so that no row can stand in for another.
  const nameOf = (key: string) => `index/${name}/${key}`

  const open = async (key: string, sealed: Uint8Array): Promise<Entry<T>> => {
    const plain = await cipher.openItem(nameOf(key), sealed)
    try {
      const row = rowSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain)))
      return { id: row.id, value: schema.parse(row.value) }
    } catch (cause) {
      throw new CarekeyError('record-damaged', 'A stored item has a form that Carekey does not know.', {
        cause,
      })
    }
  }
  const row = async (id: string, value: T): Promise<Row> => {
    const key = await keyOf(id)
    const plain = canonicalBytes({ id, value: schema.parse(value) })
    return { table: name, key, sealed: await cipher.sealItem(nameOf(key), plain) }
  }
  const entries = async () => {
    // An empty table must not look readable while the vault is locked.
    await cipher.itemKey(name)
    const rows = await database.readAll(name)
    const read = await Promise.all(
      rows.map(({ key, sealed }) =>
        open(key, sealed).catch((error: unknown) => {
          if (error instanceof CarekeyError && error.reason === 'record-damaged') return undefined
          throw error
        }),
      ),
    )
    const good = read.filter((entry) => entry !== undefined)
    return { entries: good, damaged: rows.length - good.length }
  }

  return {
    async get(id) {
      const key = await keyOf(id)
      const sealed = await database.read(name, key)
      return sealed && (await open(key, sealed)).value
    },
    put: async (id, value) => database.write([await row(id, value)]),
    delete: async (id) => database.remove(name, await keyOf(id)),
    all: async () => (await entries()).entries.map((entry) => entry.value),
    entries,
    row,
  }
}
