import { BaseError, InsufficientFundsError } from 'viem'
import { CarekeyError } from '../../protocol/errors.ts'

/** A command line that cannot be understood; the message says which part, and what should stand there. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What failed, as a program reads it: `usage` or a reason of the protocol, and a sentence. */
export interface Failure {
  reason: string
  message: string
}

export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) return { reason: 'usage', message: error.message }
  if (error instanceof CarekeyError) return { reason: error.reason, message: error.message }
  return { reason: 'internal', message: error instanceof Error ? error.message : String(error) }
}

/** Whether a failure comes of an account that cannot pay. */
export function lacksFunds(error: unknown): boolean {
  const cause = error instanceof CarekeyError ? error.cause : error
  return (
    cause instanceof BaseError &&
    cause.walk(
      (inner) => inner instanceof InsufficientFundsError || /insufficient funds/i.test(messageOf(inner)),
    ) !== null
  )
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : '')
