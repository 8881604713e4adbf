import type { Inclusion } from '../../shared/protocol/batch.ts'
import type { ProvenGrant } from '../../shared/protocol/grant.ts'
import type { CidText, GrantId, OrganizationId } from '../../shared/protocol/ids.ts'
import type { GrantMapping } from '../../shared/protocol/relay-api.ts'
import type { GrantView } from '../snapshots.ts'
import { ownerToken } from './accounts.ts'
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

/** Of which organization's pseudonym a grant is: a review is given in the author's, so that no two pseudonyms meet. */
export const pseudonymOf = ({ signed, review }: StoredGrant): OrganizationId =>
  review?.author ?? signed.grant.grantee

/**
 * The ledger will not have it now. Whoever was handed the signature could try again until its deadline, so that neither
 * the relay nor our own node may serve for it any more.
 */
export async function giveUpGrant(world: World, { grantId, relay }: StoredGrant): Promise<void> {
  await changeGrant(world, grantId, (now) =>
    now.status === 'submitting' ? { ...now, status: 'failed' } : undefined,
  )
  await ownerToken(world, relay)
    .then((token) => world.relay(relay).deleteGrant(token, grantId))
    .catch(() => undefined)
}

export const activateGrant = (world: World, grantId: GrantId): Promise<StoredGrant | undefined> =>
  changeGrant(world, grantId, (now) =>
    now.status === 'submitting' ? { ...now, status: 'active' } : undefined,
  )

/** Without its proof nobody finds a batched grant on the ledger: it is stored before anything else is done with it. */
export async function keepProof(world: World, grantId: GrantId, batch: Inclusion): Promise<void> {
  await changeGrant(world, grantId, (now) => ({ ...now, signed: { ...now.signed, batch } }))
  world.backUp()
}

/** What the relay is told: which files a grant opens and, of a batched one, how it is shown on the ledger. */
export const mappingOf = (
  { grant, signature, batch }: ProvenGrant,
  manifest: CidText,
  cids: CidText[],
): GrantMapping => ({ grant, manifest, cids, ...(batch && { batch: { ...batch, signature } }) })

/** Where a grant stands at a time (Unix seconds). */
export function statusOf(stored: StoredGrant, now: number): GrantView['status'] {
  if (stored.status === 'active' && now >= stored.signed.grant.notAfter) return 'expired'
  return stored.status
}

/** Tells the pages of organizations with which a sharing ran out since a time (Unix seconds). */
export async function tellExpired({ tables, pages, now }: World, since: number): Promise<void> {
  for (const { status, signed, review } of await tables.grants.all()) {
    const { grantee, notAfter } = signed.grant
    // Of a review its page knows nothing: the event alone would tell that a patient here is the one it checks.
    if (review || status !== 'active' || notAfter <= since || notAfter > now()) continue
    const connection = await tables.connections.get(grantee)
    if (connection) pages.emit(connection.origin, 'grantsChanged')
  }
}
