import type { z } from 'zod'
import { CarekeyError } from '../../protocol/errors.ts'
import type { CidText, GrantId, Pseudonym } from '../../protocol/ids.ts'
import {
  grantPeerSchema,
  inboxReplySchema,
  type RelayInfo,
  relayInfoSchema,
  type SponsoredAct,
  type SponsoredStatus,
  sponsoredStatusSchema,
  stagedSchema,
} from '../../protocol/relay-api.ts'
import { limits } from './limits.ts'
import type { Settings } from './options.ts'
import { callRelay, json, type RelayCall, readReply } from './relay-http.ts'
import { relaySession } from './relay-session.ts'
import { unpackCar } from './sealed-file.ts'

/** What an organization does at one relay. Every method throws CarekeyError with the relay's reason. */
export interface Relay {
  info(signal?: AbortSignal): Promise<RelayInfo>
  /** Stages a sealed deposit's CAR; says under which CID the relay found it. */
  stage(patient: Pseudonym, car: Uint8Array, signal?: AbortSignal): Promise<CidText>
  /** The file behind a CID that a grant opens. */
  fetchFile(grant: GrantId, cid: CidText, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array>
  /** Where the patient's own node can be reached now, or null. */
  peerOf(grant: GrantId, signal?: AbortSignal): Promise<string | null>
  leave(account: string, sealed: Uint8Array, signal?: AbortSignal): Promise<void>
  inbox(signal?: AbortSignal): Promise<z.output<typeof inboxReplySchema>['messages']>
  acknowledge(id: string, signal?: AbortSignal): Promise<void>
  submit(act: SponsoredAct, signal?: AbortSignal): Promise<SponsoredStatus>
  submission(id: string, signal?: AbortSignal): Promise<SponsoredStatus>
  /** Anything else, signed in. */
  call(path: string, options?: RelayCall): Promise<Response>
}

const carType = 'application/vnd.ipld.car'

export function relayClient(settings: Settings, origin: string): Relay {
  const call = relaySession(settings, origin)
  return {
    call,
    info: async (signal) => readReply(relayInfoSchema, await callRelay(origin, '/info', { signal })),
    async stage(patient, car, signal) {
      const options = {
        method: 'POST',
        headers: { 'content-type': carType },
        body: car,
        signal,
        timeoutMs: limits.relayBulkTimeoutMs,
      } as const
      return (await readReply(stagedSchema, await call(`/staging/${patient}`, options))).cid
    },
    async fetchFile(grant, cid, maxBytes, signal) {
      const headers = { accept: carType, 'carekey-grant': grant }
      const response = await call(`/ipfs/${cid}?format=car`, {
        headers,
        signal,
        timeoutMs: limits.relayBulkTimeoutMs,
      })
      return unpackCar(bodyOf(response, origin), cid, maxBytes)
    },
    peerOf: async (grant, signal) =>
      (await readReply(grantPeerSchema, await call(`/grants/${grant}/peer`, { signal }))).multiaddr,
    async leave(account, sealed, signal) {
      const headers = { 'content-type': 'application/octet-stream' }
      await call(`/inbox/${account}`, { method: 'POST', headers, body: sealed, signal })
    },
    inbox: async (signal) => (await readReply(inboxReplySchema, await call('/inbox', { signal }))).messages,
    async acknowledge(id, signal) {
      await call(`/inbox/${encodeURIComponent(id)}`, { method: 'DELETE', signal })
    },
    submit: async (act, signal) =>
      readReply(sponsoredStatusSchema, await call('/sponsor', { ...json(act), signal })),
    submission: async (id, signal) =>
      readReply(sponsoredStatusSchema, await call(`/sponsor/${id}`, { signal })),
  }
}

async function* bodyOf(response: Response, origin: string): AsyncGenerator<Uint8Array> {
  if (!response.body) return
  try {
    yield* response.body
  } catch (cause) {
    throw new CarekeyError('relay-unreachable', `The connection to the relay ${origin} broke. Try again.`, {
      cause,
    })
  }
}
