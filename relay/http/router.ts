import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { relayLimits } from '../limits.ts'
import { bodyBytes, bodyJson, bodyStream } from './body.ts'
import type { Reply } from './reply.ts'

/** One request as a handler sees it. */
export class Exchange {
  readonly method: string
  readonly query: URLSearchParams
  readonly params: Readonly<Record<string, string>>
  /** For rates only. */
  readonly address: string
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  readonly #request: IncomingMessage

  constructor(
    request: IncomingMessage,
    parts: { url: URL; params: Record<string, string>; address: string; signal: AbortSignal },
  ) {
    this.#request = request
    this.method = request.method ?? 'GET'
    this.query = parts.url.searchParams
    this.params = parts.params
    this.address = parts.address
    this.signal = parts.signal
  }

  header(name: string): string | null {
    const value = this.#request.headers[name]
    return typeof value === 'string' ? value : null
  }

  /** A part of the path in its declared form. @throws CarekeyError `params-invalid` */
  param<S extends z.ZodType>(name: string, schema: S): z.output<S> {
    const parsed = schema.safeParse(this.params[name])
    if (parsed.success) return parsed.data
    throw new CarekeyError('params-invalid', `The path's ${name} is not valid.`)
  }

  json<S extends z.ZodType>(schema: S, maxBytes: number = relayLimits.jsonMaxBytes): Promise<z.output<S>> {
    return bodyJson(this.#request, schema, maxBytes)
  }

  bytes(maxBytes: number): Promise<Uint8Array> {
    return bodyBytes(this.#request, maxBytes)
  }

  stream(maxBytes: number): AsyncIterable<Uint8Array> {
    return bodyStream(this.#request, maxBytes)
  }
}

export type Handler = (exchange: Exchange) => Promise<Reply> | Reply

/** `GET /pins/:requestid` and its handler. */
export type Routes = Readonly<Record<string, Handler>>

interface Match {
  /** The route's own text: safe to count by, unlike the path. */
  route: string
  handler: Handler
  params: Record<string, string>
}

/** A table of routes. Segments that begin with `:` match anything but a slash. */
export class Router {
  readonly #routes: { method: string; segments: string[]; route: string; handler: Handler }[] = []

  add(routes: Routes): this {
    for (const [route, handler] of Object.entries(routes)) {
      const [method = '', path = ''] = route.split(' ')
      this.#routes.push({ method, segments: path.split('/'), route, handler })
    }
    return this
  }

  /** Every route as it was added, such as `GET /pins/:requestid`. */
  get routes(): string[] {
    return this.#routes.map(({ route }) => route)
  }

  /** `null` when no route has this path; `wrong-method` when only another method has it. */
  match(method: string, path: string): Match | 'wrong-method' | null {
    const segments = path.split('/')
    let found: 'wrong-method' | null = null
    for (const candidate of this.#routes) {
      const params = matchSegments(candidate.segments, segments)
      if (!params) continue
      if (candidate.method === method || (candidate.method === 'GET' && method === 'HEAD')) {
        return { route: candidate.route, handler: candidate.handler, params }
      }
      found = 'wrong-method'
    }
    return found
  }
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  if (pattern.length !== segments.length) return null
  const params: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? ''
    if (expected.startsWith(':')) {
      const decoded = decode(actual)
      if (decoded === null || decoded === '') return null
      params[expected.slice(1)] = decoded
    } else if (expected !== actual) return null
  }
  return params
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}
