import { z } from 'zod'
import { CarekeyError, type ErrorReply, isReason } from '../../shared/protocol/errors.ts'

/** Which table of `messages.ts` a call belongs to. */
export type Channel = 'ui' | 'node' | 'event'

export const callSchema = z.strictObject({
  carekey: z.enum(['ui', 'node', 'event']),
  type: z.string().max(64),
  request: z.unknown(),
})
export type Call = z.infer<typeof callSchema>

const errorReplySchema = z.object({
  code: z.int(),
  reason: z.custom<ErrorReply['reason']>(isReason),
  message: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
})

export const replySchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), response: z.unknown() }),
  z.object({ ok: z.literal(false), error: errorReplySchema }),
])
export type Reply = { ok: true; response: unknown } | { ok: false; error: ErrorReply }

/** One entry of a table: what is asked, what is answered. */
export interface Message {
  request: z.ZodType
  response: z.ZodType
}
export type Table = Record<string, Message>

export function unreadable(cause: unknown): CarekeyError {
  return new CarekeyError(
    'internal',
    'Two parts of Carekey did not understand each other. Restart the browser.',
    {
      cause,
    },
  )
}
