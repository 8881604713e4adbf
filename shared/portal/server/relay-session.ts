import type { PrivateKeyAccount } from 'viem/accounts'
import { CarekeyError } from '../../protocol/errors.ts'
import { addressSchema } from '../../protocol/ids.ts'
import { nonceReplySchema, tokenReplySchema } from '../../protocol/relay-api.ts'
import { signInTypedData } from '../../protocol/sign-in.ts'
import type { Deployment } from '../../protocol/typed-data.ts'
import { limits } from './limits.ts'
import { unixNow } from './options.ts'
import { callRelay, json, type RelayCall, readReply } from './relay-http.ts'
import { sign } from './signature.ts'

/** Calls one relay as one account: signs in when needed, and once more when the relay has forgotten. */
export function relaySession(
  { network, account }: { network: Deployment; account: PrivateKeyAccount },
  origin: string,
): (path: string, options?: RelayCall) => Promise<Response> {
  let token: { text: string; expiresAt: number } | undefined
  let signingIn: Promise<string> | undefined

  async function signIn(): Promise<string> {
    const { nonce } = await readReply(nonceReplySchema, await callRelay(origin, '/auth/nonce', json({})))
    const message = {
      account: addressSchema.parse(account.address),
      // The origin that we were configured with, whatever the relay calls itself: a relay cannot pass our sign-in on.
      audience: origin,
      nonce,
      deadline: unixNow() + limits.signInSeconds,
    }
    const signature = await sign(account, signInTypedData(network, message))
    const reply = await callRelay(origin, '/auth/token', json({ ...message, signature }))
    const { token: text, expiresAt } = await readReply(tokenReplySchema, reply)
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

  return async (path, options = {}) => {
    const attempt = async () =>
      callRelay(origin, path, {
        ...options,
        headers: { ...options.headers, authorization: `Bearer ${await bearer()}` },
      })
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof CarekeyError) || !staleToken.has(error.reason)) throw error
      token = undefined
      return attempt()
    }
  }
}

const staleToken: ReadonlySet<string> = new Set(['sign-in-required', 'token-invalid'])
