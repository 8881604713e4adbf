import type { z } from 'zod'
import { CarekeyError, isReason } from '../../../shared/protocol/errors.ts'
import { errorBodySchema } from '../../../shared/protocol/relay-api.ts'
import { nodeLimits } from '../limits.ts'
import { backOffMs, pause } from '../pause.ts'

export type Fetch = (input: string, init: RequestInit) => Promise<Response>

export interface Relay {
  origin: string
  /** The platform's own if left out. */
  fetch?: Fetch | undefined
}

export interface RelayCall {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  token?: string
  headers?: Record<string, string>
  body?: Uint8Array<ArrayBuffer> | Blob | string
  /** How often a call is made when the network fails. */
  tries?: number
  timeoutMs?: number
  signal?: AbortSignal | undefined
}

const platformFetch: Fetch = (input, init) => fetch(input, init)

/**
 * One call, made again only when the network failed: a refusal is an answer. Throws CarekeyError with the relay's
 * reason, or `relay-unreachable`.
 */
export async function callRelay(
  relay: Relay,
  path: string,
  call: RelayCall = {},
  maxBytes: number = nodeLimits.replyMaxBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const tries = call.tries ?? nodeLimits.callTries
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await openRelay(relay, path, call)
      return await wholeBody(relay, response, maxBytes)
    } catch (error) {
      call.signal?.throwIfAborted()
      if (!isNetworkFailure(error) || attempt >= tries) throw error
    }
    await pause(backOffMs(attempt, nodeLimits.retryFirstMs, nodeLimits.retryMaxMs), call.signal)
  }
}

/** The answer as JSON of a declared form; another form means that the relay cannot be used. */
export async function readRelay<S extends z.ZodType>(
  schema: S,
  relay: Relay,
  path: string,
  call: RelayCall = {},
): Promise<z.output<S>> {
  const body = new TextDecoder().decode(await callRelay(relay, path, call))
  const parsed = schema.safeParse(parseJson(body))
  if (parsed.success) return parsed.data
  throw new CarekeyError(
    'relay-unreachable',
    'The relay’s answer cannot be read. It may run another version.',
    {
      cause: parsed.error,
    },
  )
}

/** One attempt, up to the answer's head; the body is the caller's to read. */
export async function openRelay(relay: Relay, path: string, call: RelayCall): Promise<Response> {
  const timeout = AbortSignal.timeout(call.timeoutMs ?? nodeLimits.callTimeoutMs)
  let response: Response
  try {
    response = await (relay.fetch ?? platformFetch)(new URL(path, relay.origin).href, {
      method: call.method ?? 'GET',
      headers: { ...call.headers, ...(call.token ? { authorization: `Bearer ${call.token}` } : {}) },
      body: call.body ?? null,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
    })
  } catch (cause) {
    call.signal?.throwIfAborted()
    throw unreachable(relay, cause)
  }
  if (!response.ok) throw await refusalOf(relay, response)
  return response
}

export function unreachable({ origin }: Relay, cause: unknown): CarekeyError {
  return new CarekeyError(
    'relay-unreachable',
    `The relay ${origin} does not answer. Try again in a minute.`,
    {
      cause,
    },
  )
}

/** Only these are worth another try by themselves: the relay has not said anything. */
function isNetworkFailure(error: unknown): boolean {
  return (
    error instanceof CarekeyError && error.reason === 'relay-unreachable' && error.data.status === undefined
  )
}

async function refusalOf(relay: Relay, response: Response): Promise<CarekeyError> {
  const { status } = response
  const text = await wholeBody(relay, response, nodeLimits.replyMaxBytes).catch(() => new Uint8Array(0))
  const body = errorBodySchema.safeParse(parseJson(new TextDecoder().decode(text)))
  if (body.success && isReason(body.data.error.reason)) {
    return new CarekeyError(body.data.error.reason, body.data.error.details, { data: { status } })
  }
  // A proxy in front of a relay that is away answers by its own pages.
  const away = status === 502 || status === 503 || status === 504
  return new CarekeyError(
    away ? 'relay-unreachable' : 'internal',
    `The relay ${relay.origin} answered ${status}. Try again in a minute.`,
    away ? {} : { data: { status } },
  )
}

async function wholeBody(
  relay: Relay,
  response: Response,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let total = 0
  const reader = response.body?.getReader()
  try {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      total += next.value.length
      if (total > maxBytes) break
      pieces.push(next.value)
    }
  } catch (cause) {
    throw unreachable(relay, cause)
  }
  if (total > maxBytes) {
    await reader?.cancel()
    throw new CarekeyError('record-too-large', 'The relay’s answer is larger than it may be.')
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
