import { depositIdOf } from '../../shared/protocol/attestation.ts'
import type { Commitment } from '../../shared/protocol/ids.ts'
import type { RecordStanding } from '../snapshots.ts'
import { disputeView } from './dispute.ts'
import type { StoredRecord, World } from './ports.ts'
import { reviewAnswer } from './review.ts'
import { organizationView } from './views.ts'

// Where a record stands on the ledger (protocol, section 6.3): asked there each time, for nobody here decides it.

const depositOf = ({ anchor, commitment, statement }: StoredRecord) => ({
  author: anchor.author,
  commitment,
  subject: statement.subject,
})

export async function recordStanding(world: World, record: StoredRecord): Promise<RecordStanding> {
  const { author, commitment, subject } = depositOf(record)
  const tally = await world.ledger.tallyOf({ author, commitment, subject })
  const said = await disputeView(world, record)
  const isStated = record.tombstone && (await world.ledger.withdrawnAt(record.tombstone)) !== null
  const base = {
    answer: reviewAnswer(record),
    dispute: said && { ...said, words: record.disputeWords?.words ?? null },
    withdrawn: record.tombstone ? (isStated ? ('stated' as const) : ('waiting' as const)) : null,
  }
  if (!tally || tally.status === 'none') return { ...base, state: 'unasked', tally: null, votes: [] }
  const { status, approvals, supporters, quorum, votingUntil } = tally
  const cast = quorum === 0 ? [] : await world.ledger.votesOn(depositIdOf(author, commitment, subject))
  const votes = await Promise.all(
    cast.map(async ({ voter, choice }) => ({
      organization: await organizationView(world, voter),
      choice,
    })),
  )
  return { ...base, state: status, tally: { approvals, supporters, quorum, votingUntil }, votes }
}

/** Of the records alone whose author asked for votes: of all others nothing is to be said in a list. */
export async function recordStandings(
  world: World,
): Promise<{ commitment: Commitment; state: RecordStanding['state'] }[]> {
  const asked = (await world.tables.records.all()).filter(({ review }) => review !== undefined)
  return await Promise.all(
    asked.map(async (record) => {
      const status = (await world.ledger.tallyOf(depositOf(record)))?.status ?? 'none'
      return { commitment: record.commitment, state: status === 'none' ? 'unasked' : status }
    }),
  )
}
