import { describe, expect, it } from 'vitest'
import { encodeFrame, frameReader, readOnlyFrame } from './frames.ts'
import { limits } from './limits.ts'

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += pieceBytes)
    yield bytes.subarray(offset, offset + pieceBytes)
}
const values = [{ nonce: '0x00' }, { ok: true }, { text: 'é'.repeat(300) }]
const frames = Buffer.concat(values.map(encodeFrame))
const raw = Buffer.from('and then bytes')

describe('frames', () => {
  it.each([1, 2, 7, 1_000])(
    'come out as they went in, and so does what follows: pieces of %i',
    async (size) => {
      const reader = frameReader(inPieces(Buffer.concat([frames, raw]), size))
      for (const value of values) expect(await reader.frame()).toEqual(value)
      const rest: Uint8Array[] = []
      for await (const piece of reader.rest()) rest.push(piece)
      expect(Buffer.concat(rest)).toEqual(raw)
    },
  )

  it.each([1, 2, 1_000])('are read singly, and the stream is let go: pieces of %i', async (size) => {
    const stream = inPieces(encodeFrame(values[2]), size)
    expect(await readOnlyFrame(stream)).toEqual(values[2])
    expect((await stream.next()).done).toBe(true)
  })

  it('are refused when more follows than one', async () => {
    await expect(readOnlyFrame(inPieces(frames, 1_000))).rejects.toThrow('More follows')
  })

  const largest = 'x'.repeat(limits.retrievalFrameMaxBytes - 2)
  const bad: [string, Uint8Array, unknown][] = [
    ['too long', encodeFrame(`${largest}x`), RangeError],
    ['of endless length', Buffer.from('ffffff7f', 'hex'), RangeError],
    ['cut short', frames.subarray(0, 5), RangeError],
    ['not there', new Uint8Array(0), RangeError],
    ['no JSON', Buffer.from('027b7b', 'hex'), SyntaxError],
    ['no UTF-8', Buffer.from('0322ff22', 'hex'), TypeError],
  ]
  it.each(bad)('are refused when they are %s', async (_what, bytes, error) => {
    await expect(frameReader(inPieces(bytes, 100)).frame()).rejects.toThrow(error as typeof RangeError)
    await expect(readOnlyFrame(inPieces(bytes, 100))).rejects.toThrow(error as typeof RangeError)
    expect(await readOnlyFrame(inPieces(encodeFrame(largest), 1_000))).toBe(largest)
  })
})
