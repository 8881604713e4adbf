import { varint } from 'multiformats'
import { limits } from '../../../shared/protocol/limits.ts'

// JSON frames of the retrieval protocol, each behind its length as an unsigned varint (protocol, section 9).

const lengthMaxBytes = 3

export function encodeFrame(value: unknown): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(value))
  const lengthBytes = varint.encodingLength(body.length)
  const frame = new Uint8Array(lengthBytes + body.length)
  varint.encodeTo(body.length, frame)
  frame.set(body, lengthBytes)
  return frame
}

/** The one frame that a client sends. Throws RangeError or SyntaxError for anything else. */
export async function readFrame(stream: AsyncIterable<{ subarray(): Uint8Array }>): Promise<unknown> {
  let held: Uint8Array = new Uint8Array(0)
  for await (const piece of stream) {
    const bytes = piece.subarray()
    const joined = new Uint8Array(held.length + bytes.length)
    joined.set(held)
    joined.set(bytes, held.length)
    held = joined
    const body = bodyOf(held)
    if (body) return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  }
  throw new RangeError('The frame is cut short.')
}

function bodyOf(held: Uint8Array): Uint8Array | undefined {
  if (!held.subarray(0, lengthMaxBytes).some((byte) => byte < 0x80)) {
    if (held.length >= lengthMaxBytes) throw new RangeError('The frame is too long.')
    return undefined
  }
  const [length, offset] = varint.decode(held)
  if (length > limits.retrievalFrameMaxBytes) throw new RangeError('The frame is too long.')
  if (held.length > offset + length) throw new RangeError('More follows than one frame.')
  return held.length === offset + length ? held.subarray(offset) : undefined
}
