import parseRange from 'range-parser'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Reply } from './reply.ts'
import type { Exchange } from './router.ts'

type Bodied = Extract<Reply, { bytes: Uint8Array } | { stream: AsyncIterable<Uint8Array> }>

/**
 * What RFC 9110 (sections 13 and 14) makes of a whole answer when the client has it already, or wants one part of it. The answer names its
 * `etag`, and a stream its `content-length` too. Several parts at once are not given: then the whole is.
 * @throws CarekeyError `range-not-satisfiable`
 */
export function conditional(exchange: Exchange, reply: Bodied): Reply {
  const etag = String(reply.headers?.etag)
  const kept = { ...reply.headers, 'accept-ranges': 'bytes' }
  if (names(exchange.header('if-none-match'), etag)) {
    const { 'content-length': _, ...headers } = kept as Record<string, string | number>
    return { status: 304, headers }
  }
  const length = 'bytes' in reply ? reply.bytes.byteLength : Number(reply.headers?.['content-length'])
  const wanted = rangeOf(exchange, etag, length)
  if (!wanted) return { ...reply, headers: kept }
  const { start, end } = wanted
  const headers = {
    ...kept,
    'content-range': `bytes ${start}-${end}/${length}`,
    'content-length': end - start + 1,
  }
  return 'bytes' in reply
    ? { status: 206, headers, bytes: reply.bytes.subarray(start, end + 1) }
    : { status: 206, headers, stream: part(reply.stream, start, end) }
}

function rangeOf(exchange: Exchange, etag: string, length: number): { start: number; end: number } | null {
  const header = exchange.header('range')
  const only = exchange.header('if-range')
  if (header === null || exchange.method === 'HEAD' || (only !== null && only !== etag)) return null
  const ranges = parseRange(length, header)
  if (ranges === -1) {
    throw new CarekeyError('range-not-satisfiable', `There are ${length} bytes, and none in this range.`)
  }
  const [first, ...others] = ranges === -2 || ranges.type !== 'bytes' ? [] : ranges
  return first && others.length === 0 ? first : null
}

/** If-None-Match compares weakly. */
function names(header: string | null, etag: string): boolean {
  if (header === null) return false
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}

async function* part(
  stream: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of stream) {
    const from = Math.max(0, start - at)
    const to = Math.min(chunk.byteLength, end + 1 - at)
    at += chunk.byteLength
    if (from < to) yield chunk.subarray(from, to)
    if (at > end) return
  }
}
