import type { SignedDecision } from '../../protocol/access-request.ts'
import { CarekeyError, isReason, type Reason } from '../../protocol/errors.ts'

/**
 * A refusal that reached the page. `code` is the provider's number (EIP-1193), `data.reason` the stable reason,
 * `message` a sentence for people. `decision` is there when a patient's signed answer came with the refusal.
 */
export class CarekeyPageError extends CarekeyError {
  readonly decision: SignedDecision | undefined

  constructor(reason: Reason, message: string, options: { cause?: unknown; decision?: SignedDecision } = {}) {
    super(reason, message, { cause: options.cause, data: { reason } })
    this.decision = options.decision
  }
}

/** Whatever a provider throws, as our own error. The extension's types hold; a stranger's error becomes `internal`. */
export function fromProviderError(error: unknown): CarekeyPageError {
  const { message, data } = (typeof error === 'object' && error !== null ? error : {}) as {
    message?: unknown
    data?: { reason?: unknown; decision?: SignedDecision }
  }
  const reason = isReason(data?.reason) ? data.reason : 'internal'
  const text =
    typeof message === 'string' && message !== '' ? message : 'Carekey could not do this. Try again.'
  return new CarekeyPageError(reason, text, {
    cause: error,
    ...(data?.decision ? { decision: data.decision } : {}),
  })
}
