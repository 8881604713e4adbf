import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { CarekeyError, type Reason } from '../../shared/protocol/errors.ts'

type Headers = Readonly<Record<string, string | number>>

/** What a handler answers. A `stream` is sent as it comes; when it throws, the connection is cut so that nobody takes a part for the whole. */
export type Reply =
  | { status: number; headers?: Headers }
  | { status: number; headers?: Headers; json: unknown }
  | { status: number; headers?: Headers; bytes: Uint8Array }
  | { status: number; headers?: Headers; stream: AsyncIterable<Uint8Array> }

export const ok = (json: unknown): Reply => ({ status: 200, json })
export const created = (json: unknown): Reply => ({ status: 201, json })
export const noContent: Reply = { status: 204 }

/** The refusal's body and status; anything undeclared becomes `internal` and says nothing of its cause. */
export function refusal(error: unknown): Reply & { json: { error: { reason: Reason; details: string } } } {
  const declared = declare(error)
  return {
    status: declared.httpStatus,
    json: { error: { reason: declared.reason, details: declared.message } },
  }
}

/** Errors of our tools in our own words. */
export function declare(error: unknown): CarekeyError {
  if (error instanceof CarekeyError) return error
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    const place = issue?.path.join('.') || 'the body'
    return new CarekeyError('params-invalid', `${place}: ${issue?.message ?? 'not valid'}`)
  }
  if (isStorageFull(error)) {
    return new CarekeyError(
      'storage-full',
      'The relay has no space left. Nothing was saved; try again later.',
      { cause: error },
    )
  }
  return new CarekeyError('internal', 'Something went wrong inside the relay. Try again.', { cause: error })
}

function isStorageFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true
  // https://sqlite.org/rescode.html#full
  return 'errcode' in error && error.errcode === 13
}

export async function send(response: ServerResponse, reply: Reply, headOnly: boolean): Promise<void> {
  response.statusCode = reply.status
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
  if ('stream' in reply) {
    if (headOnly) {
      response.end()
      return
    }
    await pipeline(Readable.from(reply.stream, { objectMode: false }), response)
    return
  }
  const body =
    'json' in reply ? Buffer.from(JSON.stringify(reply.json)) : 'bytes' in reply ? reply.bytes : null
  if ('json' in reply) response.setHeader('content-type', 'application/json')
  if (body) response.setHeader('content-length', body.byteLength)
  if (body === null || headOnly) response.end()
  else response.end(body)
}
