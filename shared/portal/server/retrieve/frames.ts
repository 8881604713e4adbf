import { varint } from 'multiformats'
import { limits } from '../../../protocol/limits.ts'

// A stream of the retrieval protocol: some JSON frames, each behind its length as an unsigned varint, then raw bytes.

const lengthMaxBytes = 3

export function encodeFrame(value: unknown): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(value))
  const lengthBytes = varint.encodingLength(body.length)
  const frame = new Uint8Array(lengthBytes + body.length)
  varint.encodeTo(body.length, frame)
  frame.set(body, lengthBytes)
  return frame
}

interface Piece {
  subarray(): Uint8Array
}

/** Reads frames from the front of a stream, and hands over what follows them. */
export function frameReader(stream: AsyncIterable<Piece>) {
  const source = stream[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array(0)

  async function more(): Promise<boolean> {
    const next = await source.next()
    if (next.done) return false
    const piece = next.value.subarray()
    const joined = new Uint8Array(held.length + piece.length)
    joined.set(held)
    joined.set(piece, held.length)
    held = joined
    return true
  }

  return {
    /** The next frame's JSON. Throws RangeError when the stream ends first or the frame is too long. */
    async frame(): Promise<unknown> {
      while (!held.subarray(0, lengthMaxBytes).some((byte) => byte < 0x80)) {
        if (held.length >= lengthMaxBytes || !(await more())) throw new RangeError('No frame follows.')
      }
      const [length, offset] = varint.decode(held)
      if (length > limits.retrievalFrameMaxBytes) throw new RangeError('The frame is too long.')
      while (held.length < offset + length) {
        if (!(await more())) throw new RangeError('The frame is cut short.')
      }
      const body = held.subarray(offset, offset + length)
      held = held.subarray(offset + length)
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    },
    /** Everything after the last frame that was read. */
    async *rest(): AsyncGenerator<Uint8Array> {
      if (held.length > 0) yield held
      held = new Uint8Array(0)
      for (let next = await source.next(); !next.done; next = await source.next()) yield next.value.subarray()
    },
  }
}
