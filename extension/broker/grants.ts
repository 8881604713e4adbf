import type { GrantId } from '../../shared/protocol/ids.ts'
import type { GrantView } from '../snapshots.ts'
import type { StoredGrant, World } from './ports.ts'

/** Reads a grant, and stores what `next` makes of it, in its turn. Resolves with what is stored then. */
export function changeGrant(
  { tables: { grants }, inGrantTurn }: Pick<World, 'tables' | 'inGrantTurn'>,
  grantId: GrantId,
  next: (stored: StoredGrant) => StoredGrant | undefined,
): Promise<StoredGrant | undefined> {
  return inGrantTurn(grantId, async () => {
    const stored = await grants.get(grantId)
    const changed = stored && next(stored)
    if (changed) await grants.put(grantId, changed)
    return changed ?? stored
  })
}

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
