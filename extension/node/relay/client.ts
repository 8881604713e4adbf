import { fromBase64 } from '../../../shared/protocol/base64.ts'
import type { Voucher } from '../../../shared/protocol/connection.ts'
import type { EmergencyDirectory } from '../../../shared/protocol/emergency-shares.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { GrantId } from '../../../shared/protocol/ids.ts'
import {
  type GrantMapping,
  inboxPostedSchema,
  inboxReplySchema,
  type Receipt,
  type RelayInfo,
  receiptsReplySchema,
  relayInfoSchema,
  type SponsoredAct,
  type SponsoredStatus,
  sponsoredStatusSchema,
  voucherPostedSchema,
} from '../../../shared/protocol/relay-api.ts'
import type { Deployment } from '../../../shared/protocol/typed-data.ts'
import { nodeLimits } from '../limits.ts'
import { callRelay, type Fetch, type Relay, type RelayCall, readRelay } from './http.ts'
import { type RelayAccount, signInsAt } from './sign-in.ts'

export type { RelayAccount } from './sign-in.ts'

export interface RelayClientOptions {
  origin: string
  deployment: Deployment
  fetch?: Fetch
}

export interface InboxMessage {
  id: string
  from: `0x${string}`
  receivedAt: number
  sealed: Uint8Array<ArrayBuffer>
}

/**
 * What the patient's side asks of one relay. It holds no key; tokens live in memory. Every method throws CarekeyError
 * with the relay's reason, or `relay-unreachable` when nothing that can be read came back.
 */
export interface RelayClient {
  info(): Promise<RelayInfo>
  /** The account's bearer token; signs in when there is none that lasts. */
  token(account: RelayAccount): Promise<string>
  putGrant(token: string, id: GrantId, mapping: GrantMapping): Promise<void>
  /** Harmless when the relay does not know the grant. */
  deleteGrant(token: string, id: GrantId): Promise<void>
  /** Where an emergency summary lies and who holds its key; the owner's pin must be there. */
  putEmergency(token: string, directory: EmergencyDirectory): Promise<void>
  dropEmergency(token: string, patient: string): Promise<void>
  sponsor(act: SponsoredAct): Promise<SponsoredStatus>
  sponsored(id: string): Promise<SponsoredStatus>
  postVoucher(token: string, voucher: Voucher): Promise<{ quotaBytes: number }>
  receipts(token: string): Promise<Receipt[]>
  /** Oldest first. */
  inbox(token: string): Promise<InboxMessage[]>
  /** Harmless when it was acknowledged before. */
  acknowledge(token: string, id: string): Promise<void>
  postInbox(token: string, account: `0x${string}`, bytes: Uint8Array): Promise<{ id: string }>
  /** Harmless when it is gone. */
  discardStaged(token: string, cid: string): Promise<void>
  registerPeer(token: string, peerId: string): Promise<void>
  /** The newest IPNS record that the relay has under a name. */
  getName(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  putName(name: string, record: Uint8Array): Promise<void>
}

const ipnsType = 'application/vnd.ipfs.ipns-record'

export function createRelayClient({ origin, deployment, fetch }: RelayClientOptions): RelayClient {
  const relay: Relay = { origin, fetch }
  const signIns = signInsAt(relay, deployment)

  /** A relay that was restarted has forgotten its tokens: one that we were given by it is renewed once. */
  async function signedIn<T>(token: string, call: (token: string) => Promise<T>): Promise<T> {
    try {
      return await call(token)
    } catch (error) {
      if (!(error instanceof CarekeyError) || !staleToken.has(error.reason)) throw error
      const renewed = await signIns.renew(token)
      if (renewed === undefined) throw error
      return call(renewed)
    }
  }

  const send = (token: string, path: string, call: RelayCall) =>
    signedIn(token, (valid) => callRelay(relay, path, { ...call, token: valid }))

  return {
    info: () => readRelay(relayInfoSchema, relay, '/info'),
    token: (account) => signIns.token(account),
    async putGrant(token, id, mapping) {
      await send(token, `/grants/${id}`, json('PUT', mapping))
    },
    deleteGrant: (token, id) => gone(send(token, `/grants/${id}`, { method: 'DELETE' })),
    async putEmergency(token, directory) {
      await send(token, `/emergencies/${directory.patient}`, json('PUT', directory))
    },
    async dropEmergency(token, patient) {
      await send(token, `/emergencies/${patient}`, { method: 'DELETE' })
    },
    sponsor: (act) => readRelay(sponsoredStatusSchema, relay, '/sponsor', json('POST', act)),
    sponsored: (id) => readRelay(sponsoredStatusSchema, relay, `/sponsor/${id}`),
    postVoucher: (token, voucher) =>
      signedIn(token, (valid) =>
        readRelay(voucherPostedSchema, relay, '/vouchers', { ...json('POST', voucher), token: valid }),
      ),
    receipts: async (token) =>
      signedIn(
        token,
        async (valid) =>
          (await readRelay(receiptsReplySchema, relay, '/receipts', { token: valid })).receipts,
      ),
    async inbox(token) {
      const { messages } = await signedIn(token, (valid) =>
        readRelay(inboxReplySchema, relay, '/inbox', { token: valid }),
      )
      return messages.map((message) => ({ ...message, sealed: fromBase64(message.sealed) }))
    },
    acknowledge: (token, id) => gone(send(token, `/inbox/${encodeURIComponent(id)}`, { method: 'DELETE' })),
    postInbox: (token, account, bytes) =>
      signedIn(token, (valid) =>
        readRelay(inboxPostedSchema, relay, `/inbox/${account}`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: new Uint8Array(bytes),
          token: valid,
        }),
      ),
    discardStaged: (token, cid) => gone(send(token, `/staging/${cid}`, { method: 'DELETE' })),
    async registerPeer(token, peerId) {
      await send(token, '/circuit/peer', json('PUT', { peerId }))
    },
    async getName(name) {
      const path = `/routing/v1/ipns/${encodeURIComponent(name)}`
      try {
        const record = await callRelay(
          relay,
          path,
          { headers: { accept: ipnsType } },
          nodeLimits.nameMaxBytes,
        )
        return record.length > 0 ? record : undefined
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    async putName(name, record) {
      await callRelay(relay, `/routing/v1/ipns/${encodeURIComponent(name)}`, {
        method: 'PUT',
        headers: { 'content-type': ipnsType },
        body: new Uint8Array(record),
      })
    },
  }
}

const staleToken: ReadonlySet<string> = new Set(['sign-in-required', 'token-invalid'])

const json = (method: 'POST' | 'PUT', body: unknown) =>
  ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) as const

const isNotFound = (error: unknown) => error instanceof CarekeyError && error.reason === 'not-found'

async function gone(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
