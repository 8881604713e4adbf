import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { CarekeyError } from '../../shared/protocol/errors.ts'

const tooLarge = (maxBytes: number) =>
  new CarekeyError('message-too-large', `The body is larger than ${maxBytes} bytes.`, { data: { maxBytes } })

/** The body in pieces as they arrive. @throws CarekeyError `message-too-large` */
export async function* bodyStream(request: IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  let received = 0
  // Leaving the loop must not destroy the socket: a refusal has still to be written to it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes: Uint8Array = chunk
    received += bytes.byteLength
    if (received > maxBytes) throw tooLarge(maxBytes)
    yield bytes
  }
}

/** The whole body. @throws CarekeyError `message-too-large` */
export async function bodyBytes(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bodyStream(request, maxBytes)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The body as JSON of a given shape. @throws CarekeyError `params-invalid`, `message-too-large` */
export async function bodyJson<S extends z.ZodType>(
  request: IncomingMessage,
  schema: S,
  maxBytes: number,
): Promise<z.output<S>> {
  const bytes = await bodyBytes(request, maxBytes)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'The body is not JSON.', { cause })
  }
  return schema.parse(value)
}
