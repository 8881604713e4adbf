import { CarekeyError } from '../../shared/protocol/errors.ts'
import { limits } from '../../shared/protocol/limits.ts'
import { signInSchema, signInTypedData } from '../../shared/protocol/sign-in.ts'
import type { Deployment } from '../../shared/protocol/typed-data.ts'
import { type Clock, secondsOf } from '../clock.ts'
import type { Rates } from '../http/rate.ts'
import { created, ok } from '../http/reply.ts'
import type { Routes } from '../http/router.ts'
import type { Nonces } from './nonces.ts'
import { requireSigner } from './signature.ts'
import type { Tokens } from './tokens.ts'

export interface SigningIn {
  tokens: Tokens
  nonces: Nonces
  rates: Rates
  clock: Clock
  deployment: Deployment
  /** This relay's public origin. A function, since a free port is known only once it is taken. */
  audience: () => string
}

export function identityRoutes({ tokens, nonces, rates, clock, deployment, audience }: SigningIn): Routes {
  return {
    'POST /auth/nonce': ({ address }) => {
      rates.take('signIn', address)
      return ok({ nonce: nonces.issue() })
    },
    'POST /auth/token': async (exchange) => {
      rates.take('signIn', exchange.address)
      const signIn = await exchange.json(signInSchema)
      const now = secondsOf(clock)
      if (signIn.audience !== audience()) {
        throw new CarekeyError('origin-refused', 'The sign-in is meant for another relay.')
      }
      if (signIn.deadline < now) throw new CarekeyError('deadline-passed', 'The sign-in came too late.')
      if (signIn.deadline > now + limits.signInMaxSeconds + limits.clockSkewSeconds) {
        throw new CarekeyError('deadline-too-far', 'The deadline of the sign-in is too far ahead.')
      }
      await requireSigner(signInTypedData(deployment, signIn), signIn.signature, signIn.account)
      // Last, so that a stranger cannot use up a nonce that somebody else holds.
      if (!(await nonces.use(signIn.nonce))) {
        throw new CarekeyError(
          'request-replayed',
          'This sign-in was used before, or its nonce has run out. Ask for a new nonce.',
        )
      }
      return created(await tokens.issue(signIn.account))
    },
  }
}
