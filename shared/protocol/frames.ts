import { varint } from 'multiformats'
import { limits } from './limits.ts'

// A stream of the retrieval protocol (section 9): JSON frames, each behind its length as an unsigned varint, then raw bytes.

const lengthMaxBytes = 3

interface Piece {
  subarray(): Uint8Array
}

export function encodeFrame(value: unknown): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(value))
  const lengthBytes = varint.encodingLength(body.length)
  const frame = new Uint8Array(lengthBytes + body.length)
  varint.encodeTo(body.length, frame)
  frame.set(body, lengthBytes)
  return frame
}

/** Reads frames from the front of a stream, and hands over what follows them. */
export function frameReader(stream: AsyncIterable<Piece>) {
  const source = stream[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array(0)

  return {
    /** The next frame's JSON. Throws RangeError when the stream ends first or the frame is too long, SyntaxError for no JSON. */
    async frame(): Promise<unknown> {
      let front = frontOf(held)
      while (!front) {
        const next = await source.next()
        if (next.done) throw new RangeError('The frame is cut short.')
        held = joined(held, next.value.subarray())
        front = frontOf(held)
      }
      held = front.rest
      return parse(front.body)
    },
    /** Everything after the last frame that was read. */
    async *rest(): AsyncGenerator<Uint8Array> {
      if (held.length > 0) yield held
      held = new Uint8Array(0)
      for (let next = await source.next(); !next.done; next = await source.next()) yield next.value.subarray()
    },
  }
}

/**
 * The one frame that a client sends; the stream is then no longer listened to. Throws RangeError or SyntaxError for anything else.
 */
export async function readOnlyFrame(stream: AsyncIterable<Piece>): Promise<unknown> {
  let held: Uint8Array = new Uint8Array(0)
  for await (const piece of stream) {
    held = joined(held, piece.subarray())
    const front = frontOf(held)
    if (!front) continue
    if (front.rest.length > 0) throw new RangeError('More follows than one frame.')
    return parse(front.body)
  }
  throw new RangeError('The frame is cut short.')
}

/** The frame at the front, and what follows it; undefined while it is not all there. */
function frontOf(held: Uint8Array): { body: Uint8Array; rest: Uint8Array } | undefined {
  if (!held.subarray(0, lengthMaxBytes).some((byte) => byte < 0x80)) {
    if (held.length >= lengthMaxBytes) throw new RangeError('The frame is too long.')
    return undefined
  }
  const [length, offset] = varint.decode(held)
  if (length > limits.retrievalFrameMaxBytes) throw new RangeError('The frame is too long.')
  const end = offset + length
  return held.length < end ? undefined : { body: held.subarray(offset, end), rest: held.subarray(end) }
}

const parse = (body: Uint8Array): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
