import { expect, test } from 'vitest'
import { z } from 'zod'
import { tablesOf } from './index-copy.ts'
import { openLog } from './log.ts'
import { storedTables } from './stored-tables.ts'
import { connectionOf, grantOf, organization, rawRows, recordOf, testIndex } from './test-index.ts'

test('every table that the index writes is declared, and every declared one is written', async () => {
  const { store, factory } = testIndex()
  const { records, grants, connections } = tablesOf(store)
  await records.put('a', recordOf())
  await grants.put('a', grantOf(1))
  await connections.put('a', connectionOf())
  // Schemas of other tables are checked where they are used.
  for (const name of ['emergencies', 'emergency-vetoes', 'guardianships', 'carers', 'cared-for'] as const) {
    await store.table(name, z.object({ id: z.string() })).put('a', { id: 'a' })
  }
  await store.table('requests', z.object({ id: z.string() })).put('a', { id: 'a' })
  await openLog(store, () => 1).append({ event: 'connected', organization, text: '', details: {} })
  const written = new Set((await rawRows(factory)).map(({ table }) => table))
  expect([...written].sort()).toEqual(Object.keys(storedTables).sort())
})

test('the index has one database, and nothing of it may be logged', async () => {
  const { store, factory } = testIndex()
  await tablesOf(store).records.put('a', recordOf())
  expect((await factory.databases()).map(({ name }) => name)).toEqual(['carekey-index'])
  for (const table of Object.values(storedTables))
    expect(table).toMatchObject({ kept: 'persisted', loggable: false })
})
