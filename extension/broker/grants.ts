import type { GrantView } from '../snapshots.ts'
import type { StoredGrant } from './ports.ts'

/** Where a grant stands at a time (Unix seconds). */
export function statusOf(stored: StoredGrant, now: number): GrantView['status'] {
  if (stored.status === 'active' && now >= stored.signed.grant.notAfter) return 'expired'
  return stored.status
}
