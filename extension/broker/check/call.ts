import { z } from 'zod'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { limits as wire } from '../../../shared/protocol/limits.ts'
import { isProviderMethod, type ProviderMethod, providerMethods } from '../../../shared/protocol/provider.ts'
import { limits } from '../limits.ts'

/** A page's call, read and found to have the form of the protocol. */
export type ProviderCall = {
  [M in ProviderMethod]: { method: M; params: z.output<(typeof providerMethods)[M]['params']> }
}[ProviderMethod]

const envelopeSchema = z.object({ id: z.string().min(8).max(64), method: z.unknown(), params: z.unknown() })

/** The call's own id; `undefined` for what cannot even be answered. */
export function readEnvelope(raw: unknown): { id: string; method: unknown; params: unknown } | undefined {
  const parsed = envelopeSchema.safeParse(raw)
  return parsed.success ? parsed.data : undefined
}

/** Throws CarekeyError `message-too-large`, `method-unknown`, `params-invalid`. */
export function readCall(method: unknown, params: unknown): ProviderCall {
  let json: string | undefined
  try {
    json = JSON.stringify({ method, params: params ?? {} })
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'The parameters are no JSON value.', { cause })
  }
  if (new TextEncoder().encode(json).length > wire.providerMessageMaxBytes) {
    throw new CarekeyError('message-too-large', 'A message to Carekey may have at most 64 KiB.')
  }
  if (!isProviderMethod(method)) {
    throw new CarekeyError('method-unknown', 'Carekey knows no such method. See the protocol, section 5.')
  }
  const parsed = providerMethods[method].params.safeParse(plain(params ?? {}, 0))
  if (!parsed.success) {
    throw new CarekeyError('params-invalid', `The parameters of ${method} are malformed.`, {
      data: { where: parsed.error.issues[0]?.path.join('.').slice(0, 100) ?? '' },
    })
  }
  return { method, params: parsed.data } as ProviderCall
}

const poisoned = ['__proto__', 'constructor', 'prototype']

/** A copy without prototypes, of what JSON can say and no deeper than anything of ours. */
function plain(value: unknown, depth: number): unknown {
  if (depth > limits.paramsMaxDepth) throw malformed()
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    if (poisoned.includes(key)) throw malformed()
    copy[key] = plain(item, depth + 1)
  }
  return copy
}

const malformed = () => new CarekeyError('params-invalid', 'The parameters hold what no message of ours has.')
