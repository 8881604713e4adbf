import { z } from 'zod'
import { providerEvents } from '../../shared/protocol/provider.ts'

// What goes over the port between a page's bridge and the background. The bridge runs in the page's process: what it
// sends is a stranger's until the broker has checked it.

export const openWindowSchema = z.strictObject({ open: z.literal(true) })

export const replySchema = z.strictObject({
  id: z.string(),
  result: z.unknown(),
  error: z
    .object({ code: z.int(), message: z.string(), data: z.looseObject({ reason: z.string() }) })
    .optional(),
})
export type ProviderPortReply = z.infer<typeof replySchema>

export const toBridgeSchema = z.union([
  z.strictObject({ event: z.enum(providerEvents) }),
  z.strictObject({ notice: z.strictObject({ id: z.string(), organization: z.string() }).nullable() }),
  replySchema,
])
export type ToBridge = z.infer<typeof toBridgeSchema>
