import { privateKeyToAccount } from 'viem/accounts'
import { createPortal, type Portal } from '../../shared/portal/server.ts'
import type { CidText, GrantId } from '../../shared/protocol/ids.ts'
import { grantPeerSchema, nonceReplySchema, tokenReplySchema } from '../../shared/protocol/relay-api.ts'
import { signInTypedData } from '../../shared/protocol/sign-in.ts'
import type { Hospital, Stack } from '../stack/stack.ts'

export interface FetchWish {
  grantId: GrantId
  cid: CidText
  transport: 'webrtc' | 'gateway'
  /** The patient's node; asked of the relay if left out. */
  peer?: string
}

/** What an organization's server could try with its own keys, whatever its portal's screens allow. */
export class OrganizationServer {
  readonly #portal: Promise<Portal>
  readonly #stack: Stack
  readonly #hospital: Hospital

  constructor(stack: Stack, hospital: Hospital) {
    const { identifier, origin, keys } = hospital
    this.#stack = stack
    this.#hospital = hospital
    this.#portal = createPortal({
      network: stack.network,
      organization: { identifier, origin, signingKey: keys.signingKey, ageIdentity: keys.ageIdentity },
    })
  }

  /** `served` with the number of bytes, or the reason of the refusal. */
  async fetches({
    grantId,
    cid,
    transport,
    peer,
  }: FetchWish): Promise<{ served: number } | { refused: string }> {
    const portal = await this.#portal
    try {
      const { bytes } = await portal.fetchSealed({
        grant: grantId,
        cid,
        transport,
        ...(peer ? { peer } : {}),
      })
      return { served: bytes.length }
    } catch (error) {
      const { reason } = error as { reason?: string }
      if (!reason) throw error
      return { refused: reason }
    }
  }

  /** Where the patient's own node can be reached under a grant; null while it is offline. */
  async peerOf(grantId: GrantId): Promise<string | null> {
    const answer = await fetch(`${this.#stack.relayOrigin}/grants/${grantId}/peer`, {
      headers: { authorization: `Bearer ${await this.#token()}` },
    })
    if (!answer.ok) throw new Error(`The relay answered ${answer.status}: ${await answer.text()}`)
    return grantPeerSchema.parse(await answer.json()).multiaddr
  }

  async stops(): Promise<void> {
    await (await this.#portal).stop()
  }

  async #token(): Promise<string> {
    const { relayOrigin, network } = this.#stack
    const account = privateKeyToAccount(this.#hospital.keys.signingKey)
    const { nonce } = nonceReplySchema.parse(await post(`${relayOrigin}/auth/nonce`, {}))
    const deadline = Math.floor(Date.now() / 1_000) + 60
    const signIn = { account: account.address, audience: relayOrigin, nonce, deadline }
    const signature = await account.signTypedData(signInTypedData(network, signIn))
    return tokenReplySchema.parse(await post(`${relayOrigin}/auth/token`, { ...signIn, signature })).token
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
