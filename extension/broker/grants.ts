import type { GrantView } from '../snapshots.ts'
import type { StoredGrant, World } from './ports.ts'

/** Where a grant stands at a time (Unix seconds). */
export function statusOf(stored: StoredGrant, now: number): GrantView['status'] {
  if (stored.status === 'active' && now >= stored.signed.grant.notAfter) return 'expired'
  return stored.status
}

/** Tells the pages of organizations with which a sharing ran out since a time (Unix seconds). */
export async function tellExpired({ tables, pages, now }: World, since: number): Promise<void> {
  for (const { status, signed } of await tables.grants.all()) {
    const { grantee, notAfter } = signed.grant
    if (status !== 'active' || notAfter <= since || notAfter > now()) continue
    const connection = await tables.connections.get(grantee)
    if (connection) pages.emit(connection.origin, 'grantsChanged')
  }
}
