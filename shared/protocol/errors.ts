/**
 * Every refusal that a portal, a patient or an operator can meet, by its stable reason.
 * The number is the provider's JSON-RPC code (EIP-1193 and EIP-1474), used where the refusal leaves the extension.
 */
export const refusals = {
  // Provider: who asks, and how
  'method-unknown': { code: 4200, http: 404 },
  'params-invalid': { code: -32602, http: 400 },
  'message-too-large': { code: -32602, http: 413 },
  'origin-refused': { code: 4100, http: 403 },
  'frame-refused': { code: 4100, http: 403 },
  'not-connected': { code: 4100, http: 403 },
  'vault-missing': { code: 4900, http: 503 },
  'vault-locked': { code: 4900, http: 503 },
  'request-limit': { code: -32005, http: 429 },
  'request-replayed': { code: -32602, http: 409 },
  'request-cancelled': { code: 4001, http: 409 },
  declined: { code: 4001, http: 403 },
  'request-expired': { code: 4001, http: 410 },
  // Signatures and accreditation
  'signature-wrong': { code: 4100, http: 401 },
  'deadline-passed': { code: -32602, http: 410 },
  'deadline-too-far': { code: -32602, http: 400 },
  'organization-unknown': { code: 4100, http: 403 },
  'organization-suspended': { code: 4100, http: 403 },
  'organization-expired': { code: 4100, http: 403 },
  'practitioner-unknown': { code: 4100, http: 403 },
  'practitioner-suspended': { code: 4100, http: 403 },
  'practitioner-expired': { code: 4100, http: 403 },
  'role-exceeded': { code: 4100, http: 403 },
  'registration-refused': { code: -32602, http: 409 },
  'origin-not-registered': { code: 4100, http: 403 },
  'patient-mismatch': { code: -32602, http: 403 },
  // Records
  'purpose-exceeded': { code: 4100, http: 403 },
  'scope-empty': { code: -32602, http: 400 },
  'record-missing': { code: -32602, http: 404 },
  'record-too-large': { code: -32005, http: 413 },
  'record-damaged': { code: -32602, http: 422 },
  'record-hash-wrong': { code: -32602, http: 422 },
  'record-format-unknown': { code: -32602, http: 422 },
  'statement-mismatch': { code: -32602, http: 422 },
  'anchor-missing': { code: -32602, http: 422 },
  'anchor-mismatch': { code: -32602, http: 422 },
  'anchor-exists': { code: -32602, http: 409 },
  'previous-unknown': { code: -32602, http: 422 },
  'batch-exists': { code: -32602, http: 409 },
  'batch-unknown': { code: 4100, http: 422 },
  // Attestations
  'support-refused': { code: 4100, http: 403 },
  'deposit-exists': { code: -32602, http: 409 },
  'deposit-unknown': { code: -32602, http: 404 },
  'voting-over': { code: -32602, http: 410 },
  'vote-superseded': { code: -32602, http: 409 },
  // Disputes
  'dispute-exists': { code: -32602, http: 409 },
  'dispute-unknown': { code: -32602, http: 404 },
  'tombstone-exists': { code: -32602, http: 409 },
  // Delegations
  'delegation-exists': { code: -32602, http: 409 },
  'delegation-revoked': { code: 4100, http: 403 },
  'delegation-not-live': { code: 4100, http: 403 },
  'delegation-too-weak': { code: 4100, http: 403 },
  // Statistics, credits, validators
  'count-too-small': { code: -32602, http: 422 },
  'credit-refused': { code: 4100, http: 403 },
  'credit-exists': { code: -32602, http: 409 },
  'election-refused': { code: 4100, http: 403 },
  // Emergencies
  'emergency-refused': { code: 4100, http: 403 },
  'emergency-exists': { code: -32602, http: 409 },
  'emergency-unknown': { code: -32602, http: 404 },
  'emergency-over': { code: -32602, http: 410 },
  'emergency-not-over': { code: -32602, http: 409 },
  // Grants
  'grant-unknown': { code: 4100, http: 403 },
  'grant-not-started': { code: 4100, http: 403 },
  'grant-expired': { code: 4100, http: 403 },
  'grant-revoked': { code: 4100, http: 403 },
  'grant-not-yours': { code: 4100, http: 403 },
  'grant-scope': { code: 4100, http: 403 },
  'grant-exists': { code: -32602, http: 409 },
  'access-logged': { code: -32602, http: 409 },
  // Relay
  'sign-in-required': { code: 4100, http: 401 },
  'token-invalid': { code: 4100, http: 401 },
  forbidden: { code: 4100, http: 403 },
  'not-found': { code: -32602, http: 404 },
  'range-not-satisfiable': { code: -32602, http: 416 },
  'quota-exceeded': { code: -32005, http: 413 },
  'rate-limited': { code: -32005, http: 429 },
  'voucher-required': { code: 4100, http: 402 },
  'budget-spent': { code: -32005, http: 402 },
  'pin-failed': { code: 4900, http: 422 },
  'record-stale': { code: -32602, http: 409 },
  // The world outside
  'ledger-unreachable': { code: 4900, http: 503 },
  'ledger-refused': { code: 4900, http: 422 },
  'relay-unreachable': { code: 4900, http: 502 },
  'storage-full': { code: 4900, http: 507 },
  'wallet-missing': { code: 4900, http: 503 },
  internal: { code: -32603, http: 500 },
} as const satisfies Record<string, { code: number; http: number }>

export type Reason = keyof typeof refusals

export const isReason = (value: unknown): value is Reason =>
  typeof value === 'string' && Object.hasOwn(refusals, value)

/**
 * The one error class. `message` says what failed and what to do; it never holds a secret or health data.
 * `data` holds named values that may be shown to whoever caused the error.
 */
export class CarekeyError extends Error {
  override readonly name = 'CarekeyError'
  readonly reason: Reason
  readonly data: Readonly<Record<string, string | number | boolean>>

  constructor(
    reason: Reason,
    message: string,
    options: { cause?: unknown; data?: Readonly<Record<string, string | number | boolean>> } = {},
  ) {
    super(message, { cause: options.cause })
    this.reason = reason
    this.data = options.data ?? {}
  }

  get code(): number {
    return refusals[this.reason].code
  }

  get httpStatus(): number {
    return refusals[this.reason].http
  }
}

/** The form in which an error crosses a border: HTTP body, extension message, provider reply. */
export interface ErrorReply {
  code: number
  reason: Reason
  message: string
  data?: Record<string, string | number | boolean>
}

export function toErrorReply(error: unknown): ErrorReply {
  if (error instanceof CarekeyError) {
    return { code: error.code, reason: error.reason, message: error.message, data: { ...error.data } }
  }
  return {
    code: refusals.internal.code,
    reason: 'internal',
    message: 'Something went wrong inside Carekey. Try again.',
  }
}

export function fromErrorReply(reply: ErrorReply): CarekeyError {
  const reason = isReason(reply.reason) ? reply.reason : 'internal'
  return new CarekeyError(reason, reply.message, reply.data ? { data: reply.data } : {})
}
