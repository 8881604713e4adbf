import { practitionerRefusal } from '../../shared/contracts/practitioners.ts'
import { shieldedCategories } from '../../shared/protocol/categories.ts'
import { grantIdOf } from '../../shared/protocol/grant.ts'
import type { OrganizationId } from '../../shared/protocol/ids.ts'
import type { GrantView, OrganizationView, RecordView, RequestView, SignedBy } from '../snapshots.ts'
import { statusOf } from './grants.ts'
import type { StoredGrant, StoredRecord, World } from './ports.ts'
import type { StoredDeposit, StoredRequest } from './queue/request.ts'
import { matching } from './selection.ts'

// Stored things as screens show them.

/** The same world for one answer: however many of its parts ask for records or a connection, each is read once. */
export function readOnce(world: World): World {
  const { records, connections } = world.tables
  let all: Promise<StoredRecord[]> | undefined
  const known = new Map<string, ReturnType<typeof connections.get>>()
  const tables = {
    ...world.tables,
    records: {
      ...records,
      all() {
        all ??= records.all()
        return all
      },
    },
    connections: {
      ...connections,
      get(id: string) {
        const connection = known.get(id) ?? connections.get(id)
        known.set(id, connection)
        return connection
      },
    },
  }
  return { ...world, tables }
}

export async function organizationView(world: World, id: OrganizationId): Promise<OrganizationView> {
  const connection = await world.tables.connections.get(id)
  const connectedAt = connection?.disconnectedAt === null ? connection.connectedAt : null
  const view = await world.registry.view(id, connectedAt)
  // Out of reach of the register, the name under which the patient connected it is better than none.
  return view.standing === 'unknown' && connection
    ? { ...view, name: connection.name, origin: connection.origin }
    : view
}

export async function recordView(world: World, record: StoredRecord): Promise<RecordView> {
  const { statement } = record
  return {
    commitment: record.commitment,
    title: statement.title,
    category: statement.category,
    period: statement.period,
    issuedAt: statement.issuedAt,
    author: await organizationView(world, statement.author),
    practitioner: statement.practitioner ?? null,
    contentBytes: statement.contentBytes,
    status: record.status,
    savedAt: record.savedAt,
    previous: statement.previous,
    cid: record.cid,
  }
}

export const recordViews = (world: World, records: StoredRecord[]): Promise<RecordView[]> =>
  Promise.all(records.map((record) => recordView(world, record)))

/** Who signed inside the organization; null for nobody, and while the ledger cannot be asked. */
async function signedByOf(world: World, request: StoredRequest): Promise<SignedBy | null> {
  if (request.kind === 'connect') return null
  const { practitionerSignature: by } = request.kind === 'access' ? request.signed : request.offer
  if (!by) return null
  const [practitioner, time] = await Promise.all([
    world.ledger.practitioner(by.id).catch(() => null),
    world.ledger.time().catch(() => world.now()),
  ])
  if (!practitioner) return null
  const refusal = practitionerRefusal(practitioner, request.organization, time)
  return { role: practitioner.role, standing: refusal === null ? 'accredited' : standings[refusal] }
}

const standings = {
  'practitioner-unknown': 'unknown',
  'practitioner-suspended': 'suspended',
  'practitioner-expired': 'expired',
} as const

export async function requestView(world: World, request: StoredRequest): Promise<RequestView> {
  const { state } = request
  const base = {
    id: request.id,
    state: state.name,
    via: request.via.kind,
    receivedAt: request.receivedAt,
    expiresAt: request.expiresAt,
    organization: await organizationView(world, request.organization),
    signedBy: await signedByOf(world, request),
    progress: state.name === 'working' ? state.progress : null,
    failure: state.name === 'failed' ? state.failure : null,
  }
  switch (request.kind) {
    case 'connect':
      return { ...base, kind: 'connect' }
    case 'deposit': {
      const { opened } = request
      const record = opened && { statement: opened.statement, summary: opened.summary, issues: opened.issues }
      return { ...base, kind: 'deposit', record, review: await reviewView(world, request) }
    }
    case 'access': {
      const asked = request.signed.request
      const views = await recordViews(world, matching(await world.tables.records.all(), asked))
      const categories = asked.categories.map((category) => ({
        category,
        shielded: shieldedCategories.has(category),
        records: views.filter((view) => view.category === category),
      }))
      const { purpose, period, reason, practitioner, durationSeconds } = asked
      return { ...base, kind: 'access', purpose, period, reason, practitioner, durationSeconds, categories }
    }
  }
}

async function reviewView(
  world: World,
  { offer, state }: StoredDeposit,
): Promise<Extract<RequestView, { kind: 'deposit' }>['review']> {
  if (!offer.review) return null
  const { supporters, deposit } = offer.review
  const said = (letReview: boolean) => (letReview ? ('granted' as const) : ('declined' as const))
  const work = state.name === 'working' || state.name === 'failed' ? state.work : null
  const given = state.name === 'done' ? (state.result.review ?? 'none') : 'none'
  return {
    supporters: await Promise.all(supporters.map((id) => organizationView(world, id))),
    votingUntil: deposit.votingUntil,
    answer: work ? said(work.letReview) : given === 'none' ? null : given,
  }
}

export async function grantView(
  world: World,
  stored: StoredGrant,
  opened: GrantView['opened'],
): Promise<GrantView> {
  const { grant } = stored.signed
  const records = await Promise.all(stored.commitments.map((one) => world.tables.records.get(one)))
  return {
    grantId: stored.grantId,
    organization: await organizationView(world, grant.grantee),
    purpose: grant.purpose,
    notBefore: grant.notBefore,
    notAfter: grant.notAfter,
    status: statusOf(stored, world.now()),
    reviewFor: stored.review ? await organizationView(world, stored.review.author) : null,
    replacedBy:
      stored.replacement && stored.status !== 'active'
        ? grantIdOf(world.network, stored.replacement.grant)
        : null,
    records: await recordViews(
      world,
      records.filter((record) => record !== undefined),
    ),
    opened,
  }
}
