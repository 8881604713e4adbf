import type { DisputeState } from '../../contracts/disputes.ts'
import type { SignedAccessRequest } from '../../protocol/access-request.ts'
import type { VoteChoice } from '../../protocol/attestation.ts'
import type { SignedChallenge } from '../../protocol/connection.ts'
import type { OrganizationId } from '../../protocol/ids.ts'
import type { DepositOffer, PlacedGrant } from '../../protocol/provider.ts'
import type { Collected } from './collect.ts'
import { collectDecisions, collectReviews } from './collectors.ts'
import { acceptConnection, type ConnectedPatient, challenge } from './connect.ts'
import { type CountsWish, publishCounts } from './counts.ts'
import { appraise, claimCredit, collectAppraisals, type Earned } from './credit.ts'
import { confirmDeposit, type DepositState, type DepositWish, offerDeposit } from './deposit.ts'
import { memoryDeposits } from './deposit-store.ts'
import {
  billDetails,
  type DepositDetails,
  healthDetails,
  mayMigrate,
  openKeptDeposit,
  pendingEntries,
  referenceTo,
} from './details.ts'
import { createEmergency, type Emergency } from './emergency/emergency.ts'
import { type FetchedAgain, fetchAgain } from './fetch-again.ts'
import { createFetcher, type Fetcher } from './fetch-sealed.ts'
import { type Addressee, leaveMessage } from './inbox.ts'
import { ledgerClient } from './ledger.ts'
import { type LoggedAccess, logAccess } from './log-access.ts'
import { type OpenedGrant, type OpenOptions, openGrant } from './open-grant.ts'
import { type PortalOptions, readOptions } from './options.ts'
import { parse } from './parse.ts'
import { relayClient } from './relay.ts'
import {
  type AccessWish,
  acceptDecision,
  type OutgoingRequest,
  type PatientDecision,
  requestAccess,
} from './requests.ts'
import { type OpenedReview, openReview, type Review } from './reviews.ts'
import {
  type DepositReference,
  depositReferenceSchema,
  type Migration,
  readStanding,
  readVoteCounts,
  type Standing,
  type VoteCounts,
} from './standing.ts'
import type { Submitted } from './submit-act.ts'
import { nameSupporters, readSupporters, type Supporters } from './supporters.ts'
import { vote } from './vote.ts'

/** One organization's side of Carekey. Every method rejects with CarekeyError and a stable `reason`. */
export interface Portal {
  readonly organization: { id: OrganizationId; account: `0x${string}`; origin: string }

  /** A signed challenge for the page's `connect`; good for ten minutes and one answer. */
  challenge(): Promise<SignedChallenge>
  /** Checks the patient's answer. Keep `patient` and `recipient` with their record, return `voucher` to the page. */
  acceptConnection(answer: unknown): Promise<ConnectedPatient>

  /** Seals, signs and stages a document. The offer is for the page's `deposit`, or for `sendDeposit`. */
  offerDeposit(wish: DepositWish, signal?: AbortSignal): Promise<DepositOffer>
  /** Asks the ledger whether a deposit (a receipt, or `{commitment}`) has come there for this patient. */
  confirmDeposit(receipt: unknown, patient: string): Promise<DepositState>
  /** Where a record or bill of this organization stands: pending, confirmed or rejected, and by whose votes. */
  depositStatus(commitment: string, patient: string): Promise<Standing>
  /** Whether a record or bill may be moved into the main database: once it is confirmed. */
  mayMigrate(commitment: string, patient: string): Promise<Migration>
  /** What a patient said on the ledger against a record or bill, and what became of it; null where nothing was said. */
  disputeOf(commitment: string, patient: string): Promise<DisputeState | null>
  /** Where any organization's record or bill stands, as who may read it under a grant can tell. */
  standingOf(deposit: { author: string; commitment: string; subject: string }): Promise<Standing>
  /** Leaves the offer in the patient's inbox. */
  sendDeposit(to: Addressee, offer: DepositOffer, signal?: AbortSignal): Promise<void>

  /** A signed request for the page's `requestAccess`, or for `sendRequest`. */
  requestAccess(wish: AccessWish): Promise<OutgoingRequest>
  /** Leaves the request in the patient's inbox. */
  sendRequest(to: Addressee, request: SignedAccessRequest, signal?: AbortSignal): Promise<void>
  /** Checks the answer that the page got. */
  acceptDecision(answer: unknown): Promise<PatientDecision>
  /** Collects the answers to requests that waited in inboxes. */
  collectDecisions(
    handle: (decision: PatientDecision) => Promise<void> | void,
    signal?: AbortSignal,
  ): Promise<Collected>

  /** Which organizations check what this one deposits, by their identifiers; the authority must have approved them. */
  nameSupporters(identifiers: readonly string[], signal?: AbortSignal): Promise<Submitted>
  /** The supporters that this organization, or another, names now. */
  supporters(author?: OrganizationId): Promise<Supporters>
  /** Opens an offered deposit for its supporters' votes: once the patient has let them see it. */
  openDeposit(commitment: string, signal?: AbortSignal): Promise<void>
  /** What this organization offered a patient, each with its statement, content and standing; bills left out. */
  healthDetails(patient: string): Promise<DepositDetails[]>
  /** The same of bills. */
  billDetails(patient: string): Promise<DepositDetails[]>
  /** What is neither confirmed nor rejected yet, of one patient or of all. */
  pendingEntries(patient?: string): Promise<DepositDetails[]>

  /** Collects what patients of other organizations let this one check, as their supporter. */
  collectReviews(handle: (review: Review) => Promise<void> | void, signal?: AbortSignal): Promise<Collected>
  /** Fetches, opens and checks the record of a review. Then log the access. */
  openReview(review: Pick<Review, 'deposit' | 'granted'>, options?: OpenOptions): Promise<OpenedReview>
  /** Votes for a deposit, or against it with the reason; again, and the vote is changed, until the voting is over. */
  vote(
    review: Pick<Review, 'id' | 'deposit' | 'signature'>,
    choice: VoteChoice,
    signal?: AbortSignal,
  ): Promise<Submitted>
  /** Says of a deposit that this one voted for: it came soon after care and is of good quality. */
  appraise(review: Pick<Review, 'id' | 'author'>, signal?: AbortSignal): Promise<void>
  /** Collects what supporters said of this organization's deposits, for `claimCredit`. */
  collectAppraisals(signal?: AbortSignal): Promise<Collected>
  /** Claims what a confirmed deposit has earned; again, once it was appraised. */
  claimCredit(commitment: string, patient: string, signal?: AbortSignal): Promise<Earned>
  /** Publishes anonymous counts of a period; rows of fewer than ten people must be left out, and the ledger refuses them. */
  publishCounts(counts: CountsWish, signal?: AbortSignal): Promise<Submitted>
  /** How a deposit's votes stand; null if nobody opened it for votes. */
  voteCounts(deposit: DepositReference): Promise<VoteCounts | null>

  /** Fetches, opens and checks everything that a grant opens: all of it, or an error. */
  openGrant(granted: PlacedGrant, options?: OpenOptions): Promise<OpenedGrant>
  /** States the access on the ledger, as every reader should. */
  logAccess(opened: OpenedGrant, signal?: AbortSignal): Promise<LoggedAccess>
  /** Opens a grant once more, or says who refuses it and why. */
  fetchAgain(granted: PlacedGrant, options?: OpenOptions): Promise<FetchedAgain>
  /** Ciphertext alone, for diagnosis and measurement. */
  fetchSealed: Fetcher['fetchSealed']

  /** Break-glass: holding shares for patients, and opening in an emergency. */
  readonly emergency: Emergency

  /** Ends the connections to patients' browsers. The portal may be used again afterwards. */
  stop(): Promise<void>
}

/** Reads the options and the network's description; talks to nobody yet. Throws CarekeyError `params-invalid`. */
export async function createPortal(options: PortalOptions): Promise<Portal> {
  const settings = await readOptions(options)
  const ledger = ledgerClient(settings.network)
  const relay = relayClient(settings, settings.relay)
  const fetcher = createFetcher(settings, relay)
  const deposits = options.deposits ?? memoryDeposits()
  const context = { settings, ledger, relay, fetcher, deposits }

  return {
    organization: {
      id: settings.organization,
      account: settings.account.address.toLowerCase() as `0x${string}`,
      origin: settings.origin,
    },
    challenge: () => challenge(context),
    acceptConnection: (answer) => acceptConnection(settings, answer),
    offerDeposit: (wish, signal) => offerDeposit(context, wish, signal),
    confirmDeposit: (receipt, patient) => confirmDeposit(context, receipt, patient),
    depositStatus: (commitment, patient) => readStanding(context, referenceTo(settings, commitment, patient)),
    disputeOf: (commitment, patient) => {
      const { subject, commitment: of } = referenceTo(settings, commitment, patient)
      return ledger.disputeOf(subject, of)
    },
    standingOf: (deposit) => readStanding(context, parse(depositReferenceSchema, deposit, 'The deposit')),
    mayMigrate: (commitment, patient) => mayMigrate(context, commitment, patient),
    sendDeposit: (to, offer, signal) => leaveMessage(context, to, { kind: 'deposit', offer }, signal),
    requestAccess: (wish) => requestAccess(context, wish),
    sendRequest: (to, { request, signature, practitionerSignature: by }, signal) =>
      leaveMessage(
        context,
        to,
        { kind: 'access', request, signature, ...(by ? { practitionerSignature: by } : {}) },
        signal,
      ),
    acceptDecision: (answer) => acceptDecision(settings, answer),
    collectDecisions: (handle, signal) => collectDecisions(context, handle, signal),
    nameSupporters: (identifiers, signal) => nameSupporters(context, identifiers, signal),
    supporters: (author = settings.organization) => readSupporters(context, author),
    openDeposit: (commitment, signal) => openKeptDeposit(context, commitment, signal),
    healthDetails: (patient) => healthDetails(context, patient),
    billDetails: (patient) => billDetails(context, patient),
    pendingEntries: (patient) => pendingEntries(context, patient),
    collectReviews: (handle, signal) => collectReviews(context, handle, signal),
    openReview: (review, openOptions) => openReview(context, review, openOptions),
    vote: (review, choice, signal) => vote(context, review, choice, signal),
    appraise: (review, signal) => appraise(context, review, signal),
    collectAppraisals: (signal) => collectAppraisals(context, signal),
    claimCredit: (commitment, patient, signal) =>
      claimCredit(context, referenceTo(settings, commitment, patient), signal),
    publishCounts: (counts, signal) => publishCounts(context, counts, signal),
    voteCounts: (deposit) => readVoteCounts(context, deposit),
    openGrant: (granted, openOptions) => openGrant(context, granted, openOptions),
    logAccess: (opened, signal) => logAccess(context, opened, signal),
    fetchAgain: (granted, openOptions) => fetchAgain(context, granted, openOptions),
    fetchSealed: (wish) => fetcher.fetchSealed(wish),
    emergency: createEmergency(settings, relay),
    stop: () => fetcher.stop(),
  }
}
