import { type AnchorKey, type AnchorPlace, readAnchor } from '../../contracts/anchors.ts'
import {
  type CastVote,
  readSupporters,
  readTally,
  readVotes,
  type Tally,
} from '../../contracts/attestations.ts'
import { readProvenAnchor, readProvenGrantState } from '../../contracts/batches.ts'
import { type DisputeState, readDispute } from '../../contracts/disputes.ts'
import { grantRefusal } from '../../contracts/grants.ts'
import { openLedger, readHead } from '../../contracts/ledger.ts'
import { accreditationRefusal, readOrganization, readStandingAt } from '../../contracts/organizations.ts'
import {
  type PractitionerStanding,
  practitionerRefusal,
  readPractitioner,
  readPractitionerAt,
} from '../../contracts/practitioners.ts'
import type { ProvenAnchor } from '../../protocol/anchor.ts'
import type { Deposit, DepositId } from '../../protocol/attestation.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import type { ProvenGrant } from '../../protocol/grant.ts'
import {
  type Commitment,
  type OrganizationId,
  type PractitionerId,
  type Pseudonym,
  pseudonymSchema,
} from '../../protocol/ids.ts'
import type { Network } from '../../protocol/network.ts'
import { unixNow } from './options.ts'

/** What the portal's server reads of the ledger. Every method throws CarekeyError `ledger-unreachable`. */
export interface Ledger {
  /** The later of the chain's clock and our own: an idle chain's stands still, a chain may run ahead. */
  now(): Promise<number>
  /** Where a subject's acceptance is, by itself; undefined if nowhere, or too recently to be final. */
  anchorOf(key: AnchorKey): Promise<AnchorPlace | undefined>
  /** As `anchorOf`, by itself or in the batch that is shown. */
  provenAnchor(proven: ProvenAnchor): Promise<AnchorPlace | undefined>
  /** Who signed for an author, and was accredited, when a record came to the ledger; else throws why not. */
  signerAt(author: OrganizationId, place: AnchorPlace): Promise<`0x${string}`>
  nameOf(organization: OrganizationId): Promise<string>
  /** Who signs for an organization that is accredited now; else throws why it is not. */
  signerOf(organization: OrganizationId): Promise<`0x${string}`>
  /** Where messages to an accredited organization are left, and to whom they are sealed; else throws why not. */
  inboxOf(organization: OrganizationId): Promise<{ account: Pseudonym; recipient: string }>
  /** Whom an author names now; nobody where the ledger has no attestations. */
  supportersOf(author: OrganizationId): Promise<{ supporters: OrganizationId[]; round: number }>
  /** What is final of a deposit's votes; `none` if nobody opened it. */
  tallyOf(deposit: Pick<Deposit, 'author' | 'commitment' | 'subject'>): Promise<Tally>
  /** Each who may vote, and how it voted last; empty if nobody opened it. */
  votesOn(deposit: DepositId): Promise<CastVote[]>
  /** What a patient said against a record and what was answered; null where nothing was said. */
  disputeOf(subject: Pseudonym, commitment: Commitment): Promise<DisputeState | null>
  /** Who signed for a practitioner of an author, accredited when a record came to the ledger; else throws why not. */
  practitionerAt(
    id: PractitionerId,
    author: OrganizationId,
    place: AnchorPlace,
  ): Promise<PractitionerStanding>
  /** Undefined while a practitioner of this organization is accredited, else why not. */
  practitionerRefusal(id: PractitionerId, organization: OrganizationId): Promise<CarekeyError | undefined>
  /** Undefined while the grant is active, else why it is not. */
  grantRefusal(grant: ProvenGrant): Promise<CarekeyError | undefined>
}

export function ledgerClient(network: Network): Ledger {
  const ledger = openLedger(network)
  const ifFinal = async (place: AnchorPlace | null) => {
    if (!place) return undefined
    if (network.confirmations === 0) return place
    const head = await readHead(ledger)
    return head.blockNumber >= place.blockNumber + network.confirmations ? place : undefined
  }
  const now = async () => Math.max((await readHead(ledger)).timestamp, unixNow())

  return {
    now,
    anchorOf: async (key) => ifFinal(await readAnchor(ledger, key)),
    provenAnchor: async (proven) => ifFinal(await readProvenAnchor(ledger, proven)),
    async signerAt(author, place) {
      const standing = await readStandingAt(ledger, author, place.blockNumber)
      const refusal = accreditationRefusal(standing, place.timestamp)
      if (refusal)
        throw new CarekeyError(refusal, 'A record’s author was not accredited when it was written.')
      // Null is refused as `organization-unknown`.
      return standing?.signer ?? '0x'
    },
    async nameOf(id) {
      const organization = await readOrganization(ledger, id)
      if (organization) return organization.name
      throw new CarekeyError('organization-unknown', 'This organization is not in the register.')
    },
    async signerOf(id) {
      const [organization, seconds] = await Promise.all([readOrganization(ledger, id), now()])
      const refusal = accreditationRefusal(organization, seconds)
      if (refusal) throw new CarekeyError(refusal, 'This organization is not accredited now.')
      return organization?.signer ?? '0x'
    },
    async inboxOf(id) {
      const [organization, seconds] = await Promise.all([readOrganization(ledger, id), now()])
      const refusal = accreditationRefusal(organization, seconds)
      if (refusal || !organization) {
        throw new CarekeyError(refusal ?? 'organization-unknown', 'This organization is not accredited now.')
      }
      return { account: pseudonymSchema.parse(organization.signer), recipient: organization.recipient }
    },
    supportersOf: async (author) =>
      network.contracts.attestations ? readSupporters(ledger, author) : { supporters: [], round: 0 },
    async tallyOf(deposit) {
      if (!network.contracts.attestations) return unopened
      if (network.confirmations === 0) return readTally(ledger, deposit)
      const { blockNumber } = await readHead(ledger)
      return readTally(ledger, deposit, { blockNumber: Math.max(0, blockNumber - network.confirmations) })
    },
    votesOn: (deposit) => readVotes(ledger, deposit),
    async disputeOf(subject, commitment) {
      if (!network.contracts.disputes) return null
      const state = await readDispute(ledger, subject, commitment)
      return state.status === 'none' ? null : state
    },
    async practitionerAt(id, author, place) {
      const known = network.contracts.practitioners !== undefined
      const standing = known ? await readPractitionerAt(ledger, id, place.blockNumber) : null
      const refusal = practitionerRefusal(standing, author, place.timestamp)
      if (refusal)
        throw new CarekeyError(refusal, 'Whoever wrote a record was not accredited when it was written.')
      // Null is refused as `practitioner-unknown`.
      return standing as PractitionerStanding
    },
    async practitionerRefusal(id, organization) {
      const known = network.contracts.practitioners !== undefined
      const [practitioner, seconds] = await Promise.all([known ? readPractitioner(ledger, id) : null, now()])
      const reason = practitionerRefusal(practitioner, organization, seconds)
      return reason ? new CarekeyError(reason, texts[reason]) : undefined
    },
    async grantRefusal(grant) {
      const [state, seconds] = await Promise.all([readProvenGrantState(ledger, grant), now()])
      const reason = grantRefusal(state, seconds)
      return reason ? new CarekeyError(reason, texts[reason]) : undefined
    },
  }
}

const unopened: Tally = {
  status: 'none',
  accepted: false,
  votingUntil: 0,
  approvals: 0,
  rejections: 0,
  supporters: 0,
  quorum: 0,
}

const texts = {
  'practitioner-unknown': 'Whoever asked for this permission is not a practitioner of ours.',
  'practitioner-suspended': 'Whoever asked for this permission is suspended.',
  'practitioner-expired': 'The accreditation of whoever asked for this permission has run out.',
  'grant-revoked': 'The patient has taken this permission back.',
  'grant-unknown': 'This permission is not on the ledger.',
  'grant-expired': 'This permission has run out. Ask the patient again.',
  'grant-not-started': 'This permission has not begun yet.',
} as const
