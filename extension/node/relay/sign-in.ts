import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { addressSchema } from '../../../shared/protocol/ids.ts'
import { nonceReplySchema, tokenReplySchema } from '../../../shared/protocol/relay-api.ts'
import { signInTypedData } from '../../../shared/protocol/sign-in.ts'
import type { Deployment, TypedData } from '../../../shared/protocol/typed-data.ts'
import { nodeLimits } from '../limits.ts'
import { type Relay, readRelay } from './http.ts'

/** Who signs in; the key stays where it is. */
export interface RelayAccount {
  address: `0x${string}`
  sign(data: TypedData): Promise<`0x${string}`>
}

interface Token {
  text: string
  expiresAt: number
}

const now = () => Math.floor(Date.now() / 1_000)

/** Tokens of one relay, one an account, in memory alone. */
export function signInsAt(relay: Relay, deployment: Deployment) {
  const tokens = new Map<string, Token>()
  const underWay = new Map<string, Promise<string>>()
  const accounts = new Map<string, RelayAccount>()

  async function signIn(account: RelayAccount): Promise<string> {
    const { nonce } = await readRelay(nonceReplySchema, relay, '/auth/nonce', { method: 'POST' })
    const message = {
      account: addressSchema.parse(account.address),
      // The origin that is built in, whatever the relay calls itself: a relay cannot pass our sign-in on to another.
      audience: relay.origin,
      nonce,
      deadline: now() + nodeLimits.signInSeconds,
    }
    const signature = await account.sign(signInTypedData(deployment, message))
    const token = await readRelay(tokenReplySchema, relay, '/auth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...message, signature }),
      // A nonce is good for one try: what failed on the way is begun anew by the caller.
      tries: 1,
    })
    tokens.set(message.account, { text: token.token, expiresAt: token.expiresAt })
    for (const [text, owner] of accounts) if (sameAccount(owner, account)) accounts.delete(text)
    accounts.set(token.token, account)
    return token.token
  }

  async function signInTwice(account: RelayAccount): Promise<string> {
    try {
      return await signIn(account)
    } catch (error) {
      if (!(error instanceof CarekeyError) || error.reason !== 'relay-unreachable') throw error
      return signIn(account)
    }
  }

  function token(account: RelayAccount): Promise<string> {
    const key = account.address.toLowerCase()
    const held = tokens.get(key)
    if (held && held.expiresAt - nodeLimits.tokenMarginSeconds > now()) return Promise.resolve(held.text)
    let running = underWay.get(key)
    if (!running) {
      running = signInTwice(account).finally(() => underWay.delete(key))
      underWay.set(key, running)
    }
    return running
  }

  return {
    token,
    /** Another token for the account that this one was for; undefined when it came from elsewhere. */
    async renew(text: string): Promise<string | undefined> {
      const account = accounts.get(text)
      if (!account) return undefined
      const key = account.address.toLowerCase()
      if (tokens.get(key)?.text === text) tokens.delete(key)
      return token(account)
    },
  }
}

const sameAccount = (one: RelayAccount, other: RelayAccount) =>
  one.address.toLowerCase() === other.address.toLowerCase()
