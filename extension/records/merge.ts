import type { StoredCaredFor, StoredCarer } from '../care-snapshots.ts'
import type { StoredEmergency } from './emergency-schemas.ts'
import type { StoredConnection, StoredGrant, StoredRecord } from './schemas.ts'

// Two copies of the index become one: union by id, and where both have an item, the one that has come further.

const recordSteps = ['saving', 'waiting', 'saved'] as const satisfies StoredRecord['status'][]
const grantSteps = [
  'submitting',
  'failed',
  'active',
  'revoking',
  'revoked',
] as const satisfies StoredGrant['status'][]

/** The record that has come further; what only the other knows is taken from it. */
export function mergeRecord(here: StoredRecord, there: StoredRecord): StoredRecord {
  const isNewer = recordSteps.indexOf(there.status) > recordSteps.indexOf(here.status)
  const [newer, older] = isNewer ? [there, here] : [here, there]
  const acceptance = newer.acceptance ?? older.acceptance
  const batch = newer.batch ?? older.batch
  const review = newer.review ?? older.review
  const dispute = newer.dispute ?? older.dispute
  const disputeWords = newer.disputeWords ?? older.disputeWords
  const tombstone = newer.tombstone ?? older.tombstone
  return {
    ...newer,
    ...(acceptance && { acceptance }),
    ...(batch && { batch }),
    ...(review && { review }),
    ...(dispute && { dispute }),
    ...(disputeWords && { disputeWords }),
    ...(tombstone && { tombstone }),
    // A pin belongs to a place: it may be filled in only for the same sealed file.
    pinId: newer.pinId ?? (newer.cid === older.cid ? older.pinId : null),
    savedAt: newer.savedAt ?? older.savedAt,
    transactionHash: newer.transactionHash ?? older.transactionHash,
  }
}

/** A revocation is never lost, whatever the other copy says. */
export function mergeGrant(here: StoredGrant, there: StoredGrant): StoredGrant {
  const isNewer = grantSteps.indexOf(there.status) > grantSteps.indexOf(here.status)
  const [newer, older] = isNewer ? [there, here] : [here, there]
  const revocation = newer.revocation ?? older.revocation
  const batch = newer.signed.batch ?? older.signed.batch
  const told = here.review?.told || there.review?.told || false
  return {
    ...newer,
    signed: { ...newer.signed, ...(batch && { batch }) },
    ...(revocation && { revocation }),
    ...(newer.review && { review: { ...newer.review, told } }),
  }
}

export function mergeConnection(here: StoredConnection, there: StoredConnection): StoredConnection {
  const changedAt = (connection: StoredConnection) =>
    Math.max(connection.connectedAt, connection.disconnectedAt ?? 0)
  const [newer, older] = changedAt(there) > changedAt(here) ? [there, here] : [here, there]
  return { ...newer, voucher: laterVoucher(newer.voucher, older.voucher) }
}

function laterVoucher(
  one: StoredConnection['voucher'],
  other: StoredConnection['voucher'],
): StoredConnection['voucher'] {
  if (!one || !other) return one ?? other
  return other.deadline > one.deadline ? other : one
}

const emergencySteps = [
  'handing-out',
  'stating',
  'in-force',
  'withdrawing',
  'withdrawn',
] as const satisfies StoredEmergency['status'][]

/** The policy of the later round; of one round, the one that has come further. */
export function mergeEmergency(here: StoredEmergency, there: StoredEmergency): StoredEmergency {
  if (here.round !== there.round) return there.round > here.round ? there : here
  return emergencySteps.indexOf(there.status) > emergencySteps.indexOf(here.status) ? there : here
}

const carerSteps = [
  'invited',
  'submitting',
  'active',
  'ending',
  'ended',
] as const satisfies StoredCarer['status'][]

/** A carer whom either copy ended stays ended. */
export function mergeCarer(here: StoredCarer, there: StoredCarer): StoredCarer {
  return carerSteps.indexOf(there.status) > carerSteps.indexOf(here.status) ? there : here
}

/** What either copy ended for somebody. */
export function mergeCaredFor(here: StoredCaredFor, there: StoredCaredFor): StoredCaredFor {
  const known = new Set(here.endings.map(({ grant }) => grant))
  return { ...here, endings: [...here.endings, ...there.endings.filter(({ grant }) => !known.has(grant))] }
}
