import type { SignedDecision } from '../../shared/protocol/access-request.ts'
import { CarekeyError, isReason, toErrorReply } from '../../shared/protocol/errors.ts'
import type { StoredRequest } from './queue/request.ts'

/** What a page gets for a call: exactly one of both. */
export type ProviderReply =
  | { result: unknown }
  | {
      error: {
        code: number
        message: string
        data: { reason: string; decision?: SignedDecision } & Record<string, unknown>
      }
    }

export function refusalReply(error: unknown, decision?: SignedDecision | null): ProviderReply {
  const { code, message, reason, data } = toErrorReply(error)
  return { error: { code, message, data: { ...data, reason, ...(decision ? { decision } : {}) } } }
}

/** The answer to whoever asked, once a request is settled. */
export function outcomeOf(request: StoredRequest): ProviderReply {
  const { state } = request
  switch (state.name) {
    case 'done':
      return { result: state.result }
    case 'declined':
      return refusalReply(new CarekeyError('declined', 'The patient declined.'), state.decision)
    case 'expired':
      return refusalReply(
        new CarekeyError('request-expired', 'The patient did not answer in time. Ask anew.'),
        state.decision,
      )
    case 'cancelled':
      return refusalReply(new CarekeyError('request-cancelled', 'The page took the request back.'))
    case 'failed': {
      const { reason, message } = state.failure
      return refusalReply(new CarekeyError(isReason(reason) ? reason : 'internal', message))
    }
    default:
      return refusalReply(new CarekeyError('internal', 'This request is not settled yet.'))
  }
}
