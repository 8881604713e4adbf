import type { z } from 'zod'
import type { CastVote, Tally } from '../../contracts/attestations.ts'
import { depositIdOf, depositSchema, type VoteChoice } from '../../protocol/attestation.ts'
import type { OrganizationId } from '../../protocol/ids.ts'
import type { Ledger } from './ledger.ts'
import type { Settings } from './options.ts'
import { isOf, keptProof } from './proof.ts'
import { readSupporters, type Supporter } from './supporters.ts'

/** What names a deposit on the ledger. */
export const depositReferenceSchema = depositSchema.pick({ author: true, commitment: true, subject: true })
export type DepositReference = z.infer<typeof depositReferenceSchema>

export interface VoteCounts {
  /** Unix seconds: votes may be cast and changed before it. */
  votingUntil: number
  /** The quorum was reached, or the time is up. */
  isOver: boolean
  approvals: number
  rejections: number
  /** How many may vote. */
  supporters: number
  /** How many votes for it are needed. */
  quorum: number
  /** Each who may vote; `choice` is null for who has not, else for it or the reason against it. */
  votes: (Supporter & { choice: VoteChoice | null })[]
}

/** Where a deposit stands. Only `confirmed` may go into the main database. */
export type Standing = {
  /** Whether the patient's acceptance is on the ledger. */
  accepted: boolean
} & (
  | { status: 'pending'; waitsFor: 'patient' | 'votes'; counts: VoteCounts }
  /** Nobody opened it for votes, though its author names supporters: the patient has not let them see it. */
  | { status: 'pending'; waitsFor: 'patient' | 'review'; counts: null; supporters: Supporter[] }
  /** By the patient alone where the author names nobody (`counts` is null, or its quorum 0). */
  | { status: 'confirmed'; counts: VoteCounts | null }
  /** The voting ended without a quorum. */
  | { status: 'rejected'; counts: VoteCounts; reasons: RejectionReason[] }
)

/** A reason against a deposit, and who gave it. */
export interface RejectionReason {
  choice: Exclude<VoteChoice, 'approve'>
  by: Supporter
}

export async function readStanding(
  context: { settings: Settings; ledger: Ledger },
  of: DepositReference,
): Promise<Standing> {
  const { settings, ledger } = context
  const kept = await keptProof(settings, of.commitment)
  const [tally, anchor] = await Promise.all([
    ledger.tallyOf(of),
    kept && isOf(of, kept) ? ledger.provenAnchor(kept) : ledger.anchorOf(of),
  ])
  // What counts is final by the network's rule, as any anchor is.
  const accepted = anchor !== undefined
  if (tally.status === 'none') return unopened(context, of.author, accepted)
  const counts = await countsOf(ledger, of, tally)
  if (tally.status === 'rejected') {
    return { status: 'rejected', accepted, counts, reasons: reasonsAgainst(counts) }
  }
  if (tally.status === 'confirmed' && accepted) return { status: 'confirmed', accepted, counts }
  const waitsFor = tally.approvals < tally.quorum ? 'votes' : 'patient'
  return { status: 'pending', accepted, waitsFor, counts }
}

async function unopened(
  context: { ledger: Ledger },
  author: OrganizationId,
  accepted: boolean,
): Promise<Standing> {
  const { supporters } = await readSupporters(context, author)
  if (supporters.length === 0 && accepted) return { status: 'confirmed', accepted, counts: null }
  return {
    status: 'pending',
    accepted,
    waitsFor: accepted ? 'review' : 'patient',
    counts: null,
    supporters,
  }
}

/** Null if nobody opened it for votes. */
export async function readVoteCounts(
  { ledger }: { ledger: Ledger },
  of: DepositReference,
): Promise<VoteCounts | null> {
  const tally = await ledger.tallyOf(of)
  return tally.status === 'none' ? null : countsOf(ledger, of, tally)
}

async function countsOf(ledger: Ledger, of: DepositReference, tally: Tally): Promise<VoteCounts> {
  const votes = await ledger.votesOn(depositIdOf(of.author, of.commitment, of.subject))
  const named = votes.map(async ({ voter, choice }: CastVote) => ({
    id: voter,
    name: await ledger.nameOf(voter),
    choice,
  }))
  const { status, votingUntil, approvals, rejections, supporters, quorum } = tally
  const isOver = status === 'rejected' || approvals >= quorum
  return { votingUntil, isOver, approvals, rejections, supporters, quorum, votes: await Promise.all(named) }
}

const reasonsAgainst = ({ votes }: VoteCounts): RejectionReason[] =>
  votes.flatMap(({ choice, id, name }) =>
    choice === null || choice === 'approve' ? [] : [{ choice, by: { id, name } }],
  )

/** Whether a record may be moved into the main database, or what stands in the way. */
export type Migration =
  | { allowed: true }
  | { allowed: false; because: 'not-accepted' | 'not-reviewed' | 'votes-missing' | 'rejected' }

export function migrationOf(standing: Standing): Migration {
  if (standing.status === 'confirmed') return { allowed: true }
  if (standing.status === 'rejected') return { allowed: false, because: 'rejected' }
  const because = { patient: 'not-accepted', review: 'not-reviewed', votes: 'votes-missing' } as const
  return { allowed: false, because: because[standing.waitsFor] }
}
