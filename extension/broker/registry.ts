import { z } from 'zod'
import { accreditationRefusal, type Organization } from '../../shared/contracts/organizations.ts'
import { addressSchema, type OrganizationId, organizationIdSchema } from '../../shared/protocol/ids.ts'
import type { OrganizationView } from '../snapshots.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'

const snapshotSchema = z.object({
  readAt: z.int(),
  organizations: z.array(
    z.object({
      id: organizationIdSchema,
      name: z.string(),
      signer: addressSchema,
      recipient: z.string(),
      origins: z.array(z.string()),
      validFrom: z.int(),
      validUntil: z.int(),
      suspended: z.boolean(),
    }),
  ),
})
type Snapshot = z.infer<typeof snapshotSchema>

/** Where the snapshot is kept between two lives of the background: public data, not sealed. */
export interface SnapshotStore {
  read(): Promise<unknown>
  write(snapshot: unknown): Promise<void>
}

/** Our own copy of the public register: asking it tells nobody which page the patient looks at. */
export interface Registry {
  /** Who registered an origin, accredited or not. Throws `ledger-unreachable` only when no copy was ever read. */
  ownerOf(origin: string): Promise<Organization | null>
  /** How an organization is shown; of the copy at hand. */
  view(id: OrganizationId, connectedAt?: number | null): Promise<OrganizationView>
  refresh(): Promise<void>
}

const standings = {
  'organization-unknown': 'unknown',
  'organization-suspended': 'suspended',
  'organization-expired': 'expired',
} as const

export function standingOf(organization: Organization | null, time: number): OrganizationView['standing'] {
  const refusal = accreditationRefusal(organization, time)
  return refusal === null ? 'accredited' : standings[refusal]
}

export function viewOf(
  organization: Organization | null,
  id: OrganizationId,
  time: number,
  connectedAt: number | null = null,
): OrganizationView {
  return {
    id,
    name: organization?.name ?? 'An unknown organization',
    origin: organization?.origins[0] ?? null,
    standing: standingOf(organization, time),
    validUntil: organization?.validUntil ?? null,
    connectedAt,
  }
}

export function registryOf(ledger: Ledger, store: SnapshotStore, now: () => number): Registry {
  let snapshot: Snapshot | undefined
  let reading: Promise<Snapshot> | undefined

  const read = async () => {
    const fresh = { readAt: now(), organizations: await ledger.organizations() }
    snapshot = snapshotSchema.parse(fresh)
    await store.write(fresh)
    return snapshot
  }
  const refresh = () => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
  const current = async (): Promise<Snapshot> => {
    if (snapshot === undefined) {
      const kept = snapshotSchema.safeParse(await store.read())
      if (kept.success) snapshot = kept.data
    }
    if (snapshot === undefined) return await refresh()
    const age = now() - snapshot.readAt
    if (age >= 0 && age <= limits.registryMaxAgeSeconds) return snapshot
    try {
      return await refresh()
    } catch {
      // An old copy is better than none: what counts is checked anew with every request.
      return snapshot
    }
  }

  return {
    async ownerOf(origin) {
      const { organizations } = await current()
      return organizations.find((organization) => organization.origins.includes(origin)) ?? null
    },
    async view(id, connectedAt = null) {
      const found = (await current().catch(() => undefined))?.organizations.find((one) => one.id === id)
      if (found === undefined && snapshot !== undefined) {
        const fresh = (await refresh().catch(() => undefined))?.organizations.find((one) => one.id === id)
        return viewOf(fresh ?? null, id, now(), connectedAt)
      }
      return viewOf(found ?? null, id, now(), connectedAt)
    },
    async refresh() {
      await refresh()
    },
  }
}
