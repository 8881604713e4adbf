import type { Database } from '../storage/database.ts'

/** A secret that all relays of one database have in common: the first of them brings it. */
export async function sharedSecret(db: Database, name: string, first: Uint8Array): Promise<Uint8Array> {
  const key = `secret:${name}`
  await db.run(
    'INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING',
    key,
    Buffer.from(first).toString('base64'),
  )
  const row = await db.one<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)
  if (!row) throw new Error('A secret that was just written is not there.')
  return Buffer.from(row.value, 'base64')
}
