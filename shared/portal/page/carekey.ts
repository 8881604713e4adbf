import type { SignedAccessRequest } from '../../protocol/access-request.ts'
import type { Connection, SignedChallenge, Voucher } from '../../protocol/connection.ts'
import type { AnswerMessage } from '../../protocol/inbox.ts'
import type {
  DepositOffer,
  DepositReceipt,
  ProviderEvent,
  ProviderMethod,
  ProviderParams,
  ProviderResult,
} from '../../protocol/provider.ts'
import { CarekeyPageError, fromProviderError } from './page-error.ts'

/** What the extension announces. */
export interface Provider {
  request(call: { method: string; params?: unknown }): Promise<unknown>
  on(event: ProviderEvent, listener: () => void): void
  removeListener(event: ProviderEvent, listener: () => void): void
}

/** The patient's Carekey as a page sees it. Every method rejects with `CarekeyPageError`. */
export interface Carekey {
  /**
   * Connects the patient to this organization. `challenge` comes from the portal's server; `sendToServer` carries the
   * patient's answer there and returns what `acceptConnection` returned.
   */
  connect<T extends { voucher: Voucher }>(
    challenge: SignedChallenge,
    sendToServer: (connection: Connection) => Promise<T>,
  ): Promise<T>
  /** Offers one record; resolves once the patient has saved it. */
  deposit(offer: DepositOffer): Promise<DepositReceipt>
  /** Asks for records; resolves with the patient's answer, yes or no, for the server's `acceptDecision`. */
  requestAccess(signed: SignedAccessRequest): Promise<AnswerMessage>
  /** This page's own requests that the patient has not answered yet. */
  pending(): Promise<ProviderResult<'care_pending'>['pending']>
  /** Takes one of them back. */
  cancel(id: `0x${string}`): Promise<void>
  /** What the patient has granted to this organization. */
  grants(): Promise<ProviderResult<'care_grants'>['grants']>
  disconnect(): Promise<void>
  on(event: ProviderEvent, listener: () => void): void
  removeListener(event: ProviderEvent, listener: () => void): void
}

export function carekeyOf(provider: Provider): Carekey {
  async function request<M extends ProviderMethod>(method: M, params: ProviderParams<M>) {
    try {
      return (await provider.request({ method, params })) as ProviderResult<M>
    } catch (error) {
      throw fromProviderError(error)
    }
  }

  return {
    async connect(challenge, sendToServer) {
      const connection = await request('care_connect', challenge)
      const answer = await sendToServer(connection as Connection)
      await request('care_connect', { voucher: answer.voucher })
      return answer
    },
    deposit: (offer) => request('care_deposit', offer),
    async requestAccess({ request: wish, signature, practitionerSignature: by }) {
      try {
        const signed = { request: wish, signature, ...(by ? { practitionerSignature: by } : {}) }
        const granted = await request('care_requestAccess', signed)
        return { kind: 'granted', ...granted }
      } catch (error) {
        const decision = error instanceof CarekeyPageError ? error.decision : undefined
        if (decision) return { kind: 'decided', ...decision }
        throw error
      }
    },
    pending: async () => (await request('care_pending', {})).pending,
    async cancel(id) {
      await request('care_pending', { cancel: id })
    },
    grants: async () => (await request('care_grants', {})).grants,
    async disconnect() {
      await request('care_disconnect', {})
    },
    on: (event, listener) => provider.on(event, listener),
    removeListener: (event, listener) => provider.removeListener(event, listener),
  }
}
