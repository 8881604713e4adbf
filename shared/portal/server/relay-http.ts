import { setTimeout as pause } from 'node:timers/promises'
import type { z } from 'zod'
import { CarekeyError, isReason } from '../../protocol/errors.ts'
import { errorBodySchema } from '../../protocol/relay-api.ts'
import { limits } from './limits.ts'

export interface RelayCall {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  headers?: Record<string, string>
  body?: Uint8Array | string
  signal?: AbortSignal | undefined
  timeoutMs?: number
}

/**
 * One HTTP call to a relay; repeated when the relay is away or busy. Every call of ours is harmless when repeated.
 * Throws CarekeyError with the relay's reason, or `relay-unreachable`.
 */
export async function callRelay(origin: string, path: string, call: RelayCall = {}): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await send(origin, path, call)
    if (response instanceof Response && response.ok) return response
    const failure =
      response instanceof Response
        ? await refusalOf(response)
        : new CarekeyError(
            'relay-unreachable',
            `The relay ${origin} does not answer. Try again in a minute.`,
            {
              cause: response,
            },
          )
    call.signal?.throwIfAborted()
    const busy = failure.reason === 'relay-unreachable' || failure.reason === 'rate-limited'
    if (!busy || attempt >= limits.relayTries) throw failure
    await pause(waitMs(response, attempt), undefined, call.signal ? { signal: call.signal } : {})
  }
}

async function send(origin: string, path: string, call: RelayCall): Promise<Response | Error> {
  const timeout = AbortSignal.timeout(call.timeoutMs ?? limits.relayTimeoutMs)
  try {
    return await fetch(new URL(path, origin), {
      method: call.method ?? 'GET',
      headers: call.headers ?? {},
      body:
        call.body === undefined
          ? null
          : typeof call.body === 'string'
            ? call.body
            : new Uint8Array(call.body),
      redirect: 'error',
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

async function refusalOf(response: Response): Promise<CarekeyError> {
  const body = errorBodySchema.safeParse(await response.json().catch(() => undefined))
  if (body.success && isReason(body.data.error.reason)) {
    return new CarekeyError(body.data.error.reason, body.data.error.details, {
      data: { status: response.status },
    })
  }
  const away = response.status >= 500 && response.status !== 500
  return new CarekeyError(
    away ? 'relay-unreachable' : 'internal',
    `The relay answered ${response.status}. Try again in a minute.`,
    { data: { status: response.status } },
  )
}

function waitMs(response: Response | Error, attempt: number): number {
  const asked = response instanceof Response ? Number(response.headers.get('retry-after')) * 1_000 : 0
  const own = limits.relayRetryMs * 2 ** (attempt - 1)
  return Math.min(asked > 0 ? asked : own, limits.relayRetryMaxMs)
}

export const json = (body: unknown) =>
  ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }) as const

export async function readReply<S extends z.ZodType>(schema: S, response: Response): Promise<z.output<S>> {
  const parsed = schema.safeParse(await response.json().catch(() => undefined))
  if (parsed.success) return parsed.data
  throw new CarekeyError(
    'relay-unreachable',
    'The relay’s answer cannot be read. It may run another version.',
    { cause: parsed.error },
  )
}
