import { z } from 'zod'
import { type ErrorReply, isReason } from '../../../shared/protocol/errors.ts'
import { hash32Schema } from '../../../shared/protocol/ids.ts'
import { summarySchema } from '../../snapshots.ts'

// Between the node's document and the sealing worker. Large buffers are transferred, not copied.

const buffer = z.instanceof(ArrayBuffer)
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const key = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 16)
const header = bytes
const ticket = z.string().min(1).max(64)

export const workerRequestSchema = z.discriminatedUnion('type', [
  /** Without `sealed`: the answer that was given before. */
  z.strictObject({ type: z.literal('open'), ticket, sealed: buffer.optional(), fileKey: key }),
  z.strictObject({ type: z.literal('reseal'), ticket, header, fileKey: key }),
  z.strictObject({ type: z.literal('discard'), ticket }),
  z.strictObject({ type: z.literal('read'), sealed: buffer, fileKey: key }),
  z.strictObject({ type: z.literal('export'), sealed: buffer, fileKey: key, header, exportKey: key }),
])
export type WorkerRequest = z.infer<typeof workerRequestSchema>

const readSchema = z.object({
  /** The statement's bytes as they were sealed. */
  statement: bytes,
  summary: summarySchema,
  issues: z.array(z.string()),
})

export const workerResponseSchemas = {
  open: readSchema.extend({
    contentHash: hash32Schema,
    contentBytes: z.int(),
    mediaType: z.string().nullable(),
  }),
  reseal: z.object({ sealed: buffer }),
  discard: z.object({}),
  read: readSchema,
  export: z.object({ sealed: buffer }),
} satisfies Record<WorkerRequest['type'], z.ZodType>

export type WorkerResponse<K extends WorkerRequest['type']> = z.infer<(typeof workerResponseSchemas)[K]>
export type Opened = WorkerResponse<'open'>
export type Read = WorkerResponse<'read'>

export const workerCallSchema = z.strictObject({ id: z.int(), request: workerRequestSchema })

const errorSchema = z.object({
  code: z.int(),
  reason: z.custom<ErrorReply['reason']>(isReason),
  message: z.string(),
})

export const workerAnswerSchema = z.discriminatedUnion('ok', [
  z.object({ id: z.int(), ok: z.literal(true), response: z.unknown() }),
  z.object({ id: z.int(), ok: z.literal(false), error: errorSchema }),
])
export type WorkerAnswer = z.infer<typeof workerAnswerSchema>
