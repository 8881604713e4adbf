import type { SignedAccessRequest } from '../../protocol/access-request.ts'
import type { SignedChallenge } from '../../protocol/connection.ts'
import type { OrganizationId } from '../../protocol/ids.ts'
import type { DepositOffer, GrantedAccess } from '../../protocol/provider.ts'
import type { Collected } from './collect.ts'
import { acceptConnection, type ConnectedPatient, challenge } from './connect.ts'
import { confirmDeposit, type DepositState, type DepositWish, offerDeposit } from './deposit.ts'
import { createEmergency, type Emergency } from './emergency/emergency.ts'
import { type FetchedAgain, fetchAgain } from './fetch-again.ts'
import { createFetcher, type Fetcher } from './fetch-sealed.ts'
import { type Addressee, collectDecisions, leaveMessage } from './inbox.ts'
import { ledgerClient } from './ledger.ts'
import { type LoggedAccess, logAccess } from './log-access.ts'
import { type OpenedGrant, type OpenOptions, openGrant } from './open-grant.ts'
import { type PortalOptions, readOptions } from './options.ts'
import { relayClient } from './relay.ts'
import {
  type AccessWish,
  acceptDecision,
  type OutgoingRequest,
  type PatientDecision,
  requestAccess,
} from './requests.ts'

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

  /** Fetches, opens and checks everything that a grant opens: all of it, or an error. */
  openGrant(granted: GrantedAccess, options?: OpenOptions): Promise<OpenedGrant>
  /** States the access on the ledger, as every reader should. */
  logAccess(opened: OpenedGrant, signal?: AbortSignal): Promise<LoggedAccess>
  /** Opens a grant once more, or says who refuses it and why. */
  fetchAgain(granted: GrantedAccess, options?: OpenOptions): Promise<FetchedAgain>
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
  const context = { settings, ledger, relay, fetcher }

  return {
    organization: {
      id: settings.organization,
      account: settings.account.address.toLowerCase() as `0x${string}`,
      origin: settings.origin,
    },
    challenge: () => challenge(context),
    acceptConnection: (answer) => acceptConnection(settings, answer),
    offerDeposit: (wish, signal) => offerDeposit(context, wish, signal),
    confirmDeposit: (receipt, patient) => confirmDeposit(ledger, receipt, patient),
    sendDeposit: (to, offer, signal) => leaveMessage(context, to, { kind: 'deposit', offer }, signal),
    requestAccess: (wish) => requestAccess(context, wish),
    sendRequest: (to, { request, signature }, signal) =>
      leaveMessage(context, to, { kind: 'access', request, signature }, signal),
    acceptDecision: (answer) => acceptDecision(settings, answer),
    collectDecisions: (handle, signal) => collectDecisions(context, handle, signal),
    openGrant: (granted, openOptions) => openGrant(context, granted, openOptions),
    logAccess: (opened, signal) => logAccess(context, opened, signal),
    fetchAgain: (granted, openOptions) => fetchAgain(context, granted, openOptions),
    fetchSealed: (wish) => fetcher.fetchSealed(wish),
    emergency: createEmergency(settings, relay),
    stop: () => fetcher.stop(),
  }
}
