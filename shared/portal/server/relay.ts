import type { z } from 'zod'
import { CarekeyError } from '../../protocol/errors.ts'
import type { CidText, GrantId, Pseudonym } from '../../protocol/ids.ts'
import {
  grantPeerSchema,
  inboxReplySchema,
  nonceReplySchema,
  type RelayInfo,
  relayInfoSchema,
  type SponsoredAct,
  type SponsoredStatus,
  sponsoredStatusSchema,
  stagedSchema,
  tokenReplySchema,
} from '../../protocol/relay-api.ts'
import { signInTypedData } from '../../protocol/sign-in.ts'
import { limits } from './limits.ts'
import { type Settings, unixNow } from './options.ts'
import { callRelay, type RelayCall } from './relay-http.ts'
import { unpackCar } from './sealed-file.ts'
import { sign } from './signature.ts'

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
}

const carType = 'application/vnd.ipld.car'

export function relayClient(settings: Settings, origin: string): Relay {
  let token: { text: string; expiresAt: number } | undefined
  let signingIn: Promise<string> | undefined

  async function signIn(): Promise<string> {
    const { nonce } = await read(nonceReplySchema, await callRelay(origin, '/auth/nonce', { method: 'POST' }))
    const account = settings.account.address
    const message = {
      account: account.toLowerCase() as `0x${string}`,
      // The origin that we were configured with, whatever the relay calls itself: a relay cannot pass our sign-in on.
      audience: origin,
      nonce,
      deadline: unixNow() + limits.signInSeconds,
    }
    const signature = await sign(settings.account, signInTypedData(settings.network, message))
    const reply = await callRelay(origin, '/auth/token', json({ ...message, signature }))
    const { token: text, expiresAt } = await read(tokenReplySchema, reply)
    token = { text, expiresAt }
    return text
  }

  function bearer(): Promise<string> {
    if (token && token.expiresAt - limits.tokenMarginSeconds > unixNow()) return Promise.resolve(token.text)
    signingIn ??= signIn().finally(() => {
      signingIn = undefined
    })
    return signingIn
  }

  async function call(path: string, options: RelayCall = {}): Promise<Response> {
    const attempt = async () =>
      callRelay(origin, path, {
        ...options,
        headers: { ...options.headers, authorization: `Bearer ${await bearer()}` },
      })
    try {
      return await attempt()
    } catch (error) {
      const stale = error instanceof CarekeyError && staleToken.has(error.reason)
      if (!stale) throw error
      token = undefined
      return attempt()
    }
  }

  return {
    info: async (signal) => read(relayInfoSchema, await callRelay(origin, '/info', { signal })),
    async stage(patient, car, signal) {
      const options = { method: 'POST', headers: { 'content-type': carType }, body: car, signal } as const
      return (await read(stagedSchema, await call(`/staging/${patient}`, options))).cid
    },
    async fetchFile(grant, cid, maxBytes, signal) {
      const headers = { accept: carType, 'carekey-grant': grant }
      const response = await call(`/ipfs/${cid}?format=car`, { headers, signal })
      return unpackCar(bodyOf(response, origin), cid, maxBytes)
    },
    peerOf: async (grant, signal) =>
      (await read(grantPeerSchema, await call(`/grants/${grant}/peer`, { signal }))).multiaddr,
    async leave(account, sealed, signal) {
      const headers = { 'content-type': 'application/octet-stream' }
      await call(`/inbox/${account}`, { method: 'POST', headers, body: sealed, signal })
    },
    inbox: async (signal) => (await read(inboxReplySchema, await call('/inbox', { signal }))).messages,
    async acknowledge(id, signal) {
      await call(`/inbox/${encodeURIComponent(id)}`, { method: 'DELETE', signal })
    },
    submit: async (act, signal) =>
      read(sponsoredStatusSchema, await call('/sponsor', { ...json(act), signal })),
    submission: async (id, signal) => read(sponsoredStatusSchema, await call(`/sponsor/${id}`, { signal })),
  }
}

const staleToken: ReadonlySet<string> = new Set(['sign-in-required', 'token-invalid'])

const json = (body: unknown) =>
  ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) as const

async function read<S extends z.ZodType>(schema: S, response: Response): Promise<z.output<S>> {
  const parsed = schema.safeParse(await response.json().catch(() => undefined))
  if (parsed.success) return parsed.data
  throw new CarekeyError(
    'relay-unreachable',
    'The relay’s answer cannot be read. It may run another version.',
    {
      cause: parsed.error,
    },
  )
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
