import { type AnchorKey, type AnchorPlace, readAnchor } from '../../shared/contracts/anchors.ts'
import {
  type CastVote,
  readSupporters,
  readTally,
  readVotes,
  type Tally,
} from '../../shared/contracts/attestations.ts'
import { readProvenAnchor, readProvenGrantState } from '../../shared/contracts/batches.ts'
import {
  type DelegatedEvent,
  type DelegationState,
  readDelegation,
  readDelegations,
} from '../../shared/contracts/delegations.ts'
import { readDispute } from '../../shared/contracts/disputes.ts'
import { type LedgerEvent, readAuditTrail } from '../../shared/contracts/events.ts'
import { type GrantState, readGrantState } from '../../shared/contracts/grants.ts'
import { isExpectedChain, openLedger, readHead } from '../../shared/contracts/ledger.ts'
import {
  listOrganizations,
  type Organization,
  readOrganization,
  readStandingAt,
  type Standing,
} from '../../shared/contracts/organizations.ts'
import { type Practitioner, readPractitioner } from '../../shared/contracts/practitioners.ts'
import type { ProvenAnchor } from '../../shared/protocol/anchor.ts'
import type { Deposit, DepositId } from '../../shared/protocol/attestation.ts'
import type { DelegationId } from '../../shared/protocol/delegation.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { ProvenGrant } from '../../shared/protocol/grant.ts'
import type {
  Commitment,
  GrantId,
  OrganizationId,
  PractitionerId,
  Pseudonym,
} from '../../shared/protocol/ids.ts'
import type { Network } from '../../shared/protocol/network.ts'

/** A dispute that is on the ledger. */
export interface StatedDispute {
  status: 'open' | 'upheld' | 'dismissed'
}

/** What the broker reads of the ledger. Every method throws CarekeyError `ledger-unreachable`. */
export interface Ledger {
  /** The newest block's time in Unix seconds: what deadlines are judged by. */
  time(): Promise<number>
  organization(id: OrganizationId): Promise<Organization | null>
  /** Everybody in the register, so that nobody learns whom we are asking about. */
  organizations(): Promise<Organization[]>
  standingAt(id: OrganizationId, blockNumber: number): Promise<Standing | null>
  /** Null for who is unknown, and on a ledger without practitioners. */
  practitioner(id: PractitionerId): Promise<Practitioner | null>
  /** Whether enough blocks stand on this one. */
  isSettled(blockNumber: number): Promise<boolean>
  anchorOf(key: AnchorKey): Promise<AnchorPlace | null>
  grantState(patient: Pseudonym, grant: GrantId): Promise<GrantState>
  /** By itself, or in the batch that the proof shows. Also throws what the ledger says against a proof. */
  provenGrant(grant: ProvenGrant): Promise<GrantState>
  provenAnchor(anchor: ProvenAnchor): Promise<AnchorPlace | null>
  /** Who may vote on what an author deposits now; ascending. Also throws `not-found` on a ledger without attestations. */
  supportersOf(author: OrganizationId): Promise<OrganizationId[]>
  /** Null on a ledger without attestations. */
  tallyOf(deposit: Pick<Deposit, 'author' | 'commitment' | 'subject'>): Promise<Tally | null>
  votesOn(deposit: DepositId): Promise<CastVote[]>
  /** When its subject marked a record as withdrawn, Unix seconds; null where it has not. */
  withdrawnAt(of: { subject: Pseudonym; commitment: Commitment }): Promise<number | null>
  /** What a pseudonym said against a commitment; null for nothing, or where the ledger has no disputes. */
  disputeOf(of: { subject: Pseudonym; commitment: Commitment }): Promise<StatedDispute | null>
  /** `role` is null for one that nobody submitted. Also throws `not-found` on a ledger without delegations, as the next. */
  delegation(patient: Pseudonym, id: DelegationId): Promise<DelegationState>
  /** Oldest first. */
  delegationsTo(delegate: `0x${string}`): Promise<DelegatedEvent[]>
  /** Oldest first. */
  eventsOf(pseudonym: Pseudonym): Promise<LedgerEvent[]>
}

export function ledgerOf(network: Network): Ledger {
  const ledger = openLedger(network)
  let checked = false

  // Another chain's answers are worth nothing, however well they look.
  const checkChain = async () => {
    if (checked) return
    if (!(await isExpectedChain(ledger))) {
      throw new CarekeyError('ledger-unreachable', 'The ledger’s address answers for another ledger.')
    }
    checked = true
  }
  const after = async <T>(read: () => Promise<T>): Promise<T> => {
    await checkChain()
    return await read()
  }

  return {
    time: () => after(async () => (await readHead(ledger)).timestamp),
    organization: (id) => after(() => readOrganization(ledger, id)),
    organizations: () => after(() => listOrganizations(ledger)),
    standingAt: (id, blockNumber) => after(() => readStandingAt(ledger, id, blockNumber)),
    practitioner: (id) =>
      after(async () => (network.contracts.practitioners ? await readPractitioner(ledger, id) : null)),
    isSettled: (blockNumber) =>
      after(async () => (await readHead(ledger)).blockNumber >= blockNumber + network.confirmations),
    anchorOf: (key) => after(() => readAnchor(ledger, key)),
    grantState: (patient, grant) => after(() => readGrantState(ledger, patient, grant)),
    tallyOf: (deposit) =>
      after(async () => (network.contracts.attestations ? await readTally(ledger, deposit) : null)),
    votesOn: (deposit) => after(() => readVotes(ledger, deposit)),
    provenGrant: (grant) => after(() => readProvenGrantState(ledger, grant)),
    provenAnchor: (anchor) => after(() => readProvenAnchor(ledger, anchor)),
    supportersOf: (author) => after(async () => (await readSupporters(ledger, author)).supporters),
    withdrawnAt: ({ subject, commitment }) =>
      after(async () => {
        if (!network.contracts.disputes) return null
        return (await readDispute(ledger, subject, commitment)).tombstonedAt || null
      }),
    disputeOf: ({ subject, commitment }) =>
      after(async () => {
        if (!network.contracts.disputes) return null
        const { status } = await readDispute(ledger, subject, commitment)
        return status === 'none' ? null : { status }
      }),
    delegation: (patient, id) => after(() => readDelegation(ledger, patient, id)),
    delegationsTo: (delegate) => after(() => readDelegations(ledger, { delegate })),
    eventsOf: (pseudonym) => after(() => readAuditTrail(ledger, pseudonym)),
  }
}
