import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Stack } from '../stack/stack.ts'

/** A document's bytes as St. Brigid Hospital itself keeps them, such as `elvina-lemke.history`. */
export function archivedDocument(stack: Stack, id: string): Uint8Array {
  const database = new DatabaseSync(join(stack.dir, 'st-brigid', 'st-brigid.sqlite'), { readOnly: true })
  try {
    const row = database.prepare('SELECT content FROM document WHERE id = ?').get(id)
    if (!(row?.content instanceof Uint8Array)) throw new Error(`St. Brigid Hospital holds no ${id}.`)
    return row.content
  } finally {
    database.close()
  }
}
