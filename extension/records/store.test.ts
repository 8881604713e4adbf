import { beforeEach, describe, expect, test } from 'vitest'
import { storedConnectionSchema, storedRecordSchema } from './schemas.ts'
import { openStore } from './store.ts'
import type { TableName } from './stored-tables.ts'
import {
  connectionOf,
  deleteRawRow,
  organization,
  otherOrganization,
  putRawRow,
  rawRows,
  recordOf,
  testCipher,
  testIndex,
} from './test-index.ts'

let index: ReturnType<typeof testIndex>
beforeEach(() => {
  index = testIndex()
})
const connections = () => index.store.table('connections', storedConnectionSchema)
const elsewhere = connectionOf({ organization: otherOrganization, name: 'Lindqvist Clinic' })

test('what is put is there for the next context, and is gone when deleted', async () => {
  await connections().put(organization, connectionOf())
  await connections().put(otherOrganization, elsewhere)
  const next = openStore(index.cipher, index.factory).table('connections', storedConnectionSchema)
  expect(await next.get(organization)).toEqual(connectionOf())
  expect(await next.all()).toHaveLength(2)
  await next.delete(organization)
  expect(await next.get(organization)).toBeUndefined()
  expect(await next.all()).toEqual([elsewhere])
})

test('one table does not see the rows of another', async () => {
  const record = recordOf()
  await index.store.table('records', storedRecordSchema).put(organization, record)
  expect(await connections().all()).toEqual([])
  expect(await connections().get(organization)).toBeUndefined()
})

test('a disk shows neither what is stored nor from whom', async () => {
  await connections().put(organization, connectionOf())
  const [row] = await rawRows(index.factory)
  const text = JSON.stringify({ ...row, sealed: Buffer.from(row?.sealed ?? []).toString('latin1') })
  expect(row?.table).toBe('connections')
  for (const secret of [organization, organization.slice(2), 'Brigid', 'stbrigid.example'])
    expect(text).not.toContain(secret)
})

test('refuses a value that does not fit its schema, and a table that is not declared', async () => {
  await connections().put(organization, connectionOf())
  const wrong = { ...connectionOf(), connectedAt: -1 }
  await expect(connections().put(organization, wrong)).rejects.toThrow()
  expect(await connections().all()).toEqual([connectionOf()])
  expect(() => index.store.table('notes' as TableName, storedConnectionSchema)).toThrow('not declared')
})

test('refuses while the vault is locked, also on an empty table', async () => {
  index.cipher.locked = true
  const locked = { reason: 'vault-locked' }
  await expect(connections().get(organization)).rejects.toMatchObject(locked)
  await expect(connections().put(organization, connectionOf())).rejects.toMatchObject(locked)
  await expect(connections().delete(organization)).rejects.toMatchObject(locked)
  await expect(connections().all()).rejects.toMatchObject(locked)
})

describe('a damaged row', () => {
  test('is told when asked for, counted, and does not hide the others', async () => {
    await connections().put(organization, connectionOf())
    const [row] = await rawRows(index.factory)
    await connections().put(otherOrganization, elsewhere)
    if (!row) throw new Error('no row')
    for (const sealed of [row.sealed.slice(0, 20), new Uint8Array(), row.sealed.map((byte) => byte ^ 1)]) {
      await putRawRow(index.factory, { ...row, sealed })
      await expect(connections().get(organization)).rejects.toMatchObject({ reason: 'record-damaged' })
      expect(await connections().all()).toEqual([elsewhere])
      expect(await index.store.damaged('connections')).toBe(1)
    }
    await connections().put(organization, connectionOf())
    expect(await index.store.damaged('connections')).toBe(0)
  })

  test('cannot be another row, of the same table or of another', async () => {
    await connections().put(organization, connectionOf())
    await connections().put(otherOrganization, elsewhere)
    const [first, second] = await rawRows(index.factory)
    if (!first || !second) throw new Error('no rows')
    await putRawRow(index.factory, { ...first, sealed: second.sealed })
    await putRawRow(index.factory, { ...second, sealed: first.sealed })
    await putRawRow(index.factory, { ...second, table: 'records' })
    expect(await connections().all()).toEqual([])
    expect(await index.store.damaged('connections')).toBe(2)
    expect(await index.store.damaged('records')).toBe(1)
    await deleteRawRow(index.factory, first)
    expect(await index.store.damaged('connections')).toBe(1)
  })

  test('of an older form is told, not guessed', async () => {
    await index.store.table('records', storedConnectionSchema).put(organization, connectionOf())
    const records = index.store.table('records', storedRecordSchema)
    await expect(records.get(organization)).rejects.toMatchObject({ reason: 'record-damaged' })
    expect(await records.all()).toEqual([])
  })
})

test('rows of a lost data key are not found, and new ones stand beside them', async () => {
  await connections().put(organization, connectionOf())
  const store = openStore(testCipher(new Uint8Array(32).fill(8)), index.factory)
  const table = store.table('connections', storedConnectionSchema)
  expect(await table.get(organization)).toBeUndefined()
  await table.put(organization, connectionOf())
  expect(await table.all()).toEqual([connectionOf()])
  expect(await store.damaged('connections')).toBe(1)
})

test('a disk that is full is told, and nothing is half written', async () => {
  const factory = new Proxy(index.factory, {
    get: (target, name) => {
      if (name !== 'open') return Reflect.get(target, name)
      return () => {
        throw new DOMException('Disk full', 'QuotaExceededError')
      }
    },
  })
  const table = openStore(index.cipher, factory).table('connections', storedConnectionSchema)
  await expect(table.put(organization, connectionOf())).rejects.toMatchObject({ reason: 'storage-full' })
})
