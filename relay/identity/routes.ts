import { z } from 'zod'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { limits } from '../../shared/protocol/limits.ts'
import { tokensReplySchema } from '../../shared/protocol/relay-api.ts'
import { type SignIn, signInSchema, signInTypedData } from '../../shared/protocol/sign-in.ts'
import type { Deployment } from '../../shared/protocol/typed-data.ts'
import { type Clock, secondsOf } from '../clock.ts'
import type { Rates } from '../http/rate.ts'
import { created, noContent, ok, type Reply } from '../http/reply.ts'
import type { Exchange, Routes } from '../http/router.ts'
import { relayLimits } from '../limits.ts'
import type { Nonces } from './nonces.ts'
import { scopesSchema } from './scopes.ts'
import { requireSigner } from './signature.ts'
import { readSiwe, siweSchema } from './siwe.ts'
import type { Account, Tokens } from './tokens.ts'

export interface SigningIn {
  tokens: Tokens
  nonces: Nonces
  rates: Rates
  clock: Clock
  deployment: Deployment
  /** This relay's public origin. A function, since a free port is known only once it is taken. */
  audience: () => string
}

/** What a sign-in may ask for beside the token: fewer scopes, a shorter life, a name by which to know it in the list. */
export const wishShape = {
  scopes: scopesSchema.optional(),
  lifeSeconds: z
    .int()
    .min(1)
    .max(relayLimits.tokenTtlMs / 1_000)
    .optional(),
  label: z.string().max(60).optional(),
}
type Wish = z.output<z.ZodObject<typeof wishShape>>

export function identityRoutes({ tokens, nonces, rates, clock, deployment, audience }: SigningIn): Routes {
  return {
    'POST /auth/nonce': ({ address }) => {
      rates.take('signIn', address)
      return ok({ nonce: nonces.issue() })
    },
    'POST /auth/token': async (exchange) => {
      rates.take('signIn', exchange.address)
      const { scopes, lifeSeconds, label, ...signIn } = await exchange.json(
        z.strictObject({ ...signInSchema.shape, ...wishShape }),
      )
      await requireSignIn(signIn)
      return issue(signIn.account, signIn.nonce, { scopes, lifeSeconds, label })
    },
    'POST /auth/siwe': async (exchange) => {
      rates.take('signIn', exchange.address)
      const { scopes, lifeSeconds, label, ...signed } = await exchange.json(
        z.strictObject({ ...siweSchema.shape, ...wishShape }),
      )
      const { chainId } = deployment
      const { account, nonce } = await readSiwe(signed, {
        audience: audience(),
        chainId,
        now: secondsOf(clock),
      })
      return issue(account, nonce, { scopes, lifeSeconds, label })
    },
    'GET /auth/tokens': async (exchange) =>
      ok(tokensReplySchema.parse({ tokens: await tokens.list(exchange) })),
    'DELETE /auth/tokens/:id': (exchange) => end(exchange),
  }

  async function requireSignIn(signIn: SignIn): Promise<void> {
    const now = secondsOf(clock)
    if (signIn.audience !== audience()) {
      throw new CarekeyError('origin-refused', 'The sign-in is meant for another relay.')
    }
    if (signIn.deadline < now) throw new CarekeyError('deadline-passed', 'The sign-in came too late.')
    if (signIn.deadline > now + limits.signInMaxSeconds + limits.clockSkewSeconds) {
      throw new CarekeyError('deadline-too-far', 'The deadline of the sign-in is too far ahead.')
    }
    await requireSigner(signInTypedData(deployment, signIn), signIn.signature, signIn.account)
  }

  /** The nonce is used up last, so that a stranger cannot use up one that somebody else holds. */
  async function issue(account: Account, nonce: `0x${string}`, wish: Wish): Promise<Reply> {
    if (!(await nonces.use(nonce))) {
      throw new CarekeyError(
        'request-replayed',
        'This sign-in was used before, or its nonce has run out. Ask for a new nonce.',
      )
    }
    return created(
      await tokens.issue(account, {
        ...(wish.scopes ? { scopes: wish.scopes } : {}),
        ...(wish.lifeSeconds ? { ttlMs: wish.lifeSeconds * 1_000 } : {}),
        ...(wish.label ? { label: wish.label } : {}),
      }),
    )
  }

  async function end(exchange: Exchange): Promise<Reply> {
    if (await tokens.revoke(exchange, exchange.params.id ?? '')) return noContent
    throw new CarekeyError('not-found', 'You have no such sign-in.')
  }
}
