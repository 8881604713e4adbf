import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type GrantedAccess, grantedAccessSchema } from '../../shared/protocol/provider.ts'
import type { Stack } from '../stack/stack.ts'

/** Looks into the clinic's own database, as its administrator could: what it holds is what is there, and no more. */
export function clinicDatabase(stack: Stack) {
  const read = (sql: string): Record<string, unknown>[] => {
    const database = new DatabaseSync(join(stack.dir, 'lindqvist', 'lindqvist.sqlite'), { readOnly: true })
    try {
      return database.prepare(sql).all()
    } finally {
      database.close()
    }
  }
  return {
    receivedCategories: (): string[] =>
      read('SELECT category FROM received').map((row) => String(row.category)),
    /** The newest grant that the clinic holds. */
    newestGrant(): GrantedAccess {
      const [row] = read(
        'SELECT granted FROM request WHERE granted IS NOT NULL ORDER BY asked_at DESC, rowid DESC',
      )
      return grantedAccessSchema.parse(JSON.parse(String(row?.granted)))
    },
  }
}
