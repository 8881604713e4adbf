import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat } from './bytes.ts'
import { decodeEnvelope, encodeEnvelope, envelopePieces, paddedLength } from './envelope.ts'
import { limits } from './limits.ts'
import frozen from './vectors/envelope.json' with { type: 'json' }

const KiB = 1024
const invalid = expect.objectContaining({ reason: 'envelope-invalid' })
const statement = new TextEncoder().encode('{"category":"laboratory"}')
const content = new TextEncoder().encode('potassium 4.1 mmol/L')

/** 16 = magic, two lengths. */
const overhead = 16

function altered(change: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
  const bytes = encodeEnvelope({ statement, content })
  change(bytes, new DataView(bytes.buffer))
  return bytes
}

describe('an envelope', () => {
  test('gives back what it holds, as views', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 8 * KiB }),
        fc.uint8Array({ maxLength: 20 * KiB }),
        (first, second) => {
          const bytes = encodeEnvelope({ statement: first, content: second })
          expect(bytes).toHaveLength(paddedLength(overhead + first.length + second.length))
          const decoded = decodeEnvelope(bytes)
          expect(Buffer.compare(decoded.statement, first)).toBe(0)
          expect(Buffer.compare(decoded.content, second)).toBe(0)
          expect(decoded.content.buffer).toBe(bytes.buffer)
          const inside = concat([new Uint8Array(3), bytes, new Uint8Array(3)]).subarray(3, -3)
          expect(Buffer.compare(decodeEnvelope(inside).content, second)).toBe(0)
        },
      ),
    )
  })

  test('holds 64 MiB without copying them', () => {
    const large = new Uint8Array(limits.contentMaxBytes)
    const pieces = envelopePieces({ statement, content: large })
    expect(pieces.includes(large)).toBe(true)
    expect(Buffer.compare(decodeEnvelope(concat(pieces)).content, large)).toBe(0)
  })

  test('is frozen', () => {
    const bytes = encodeEnvelope({
      statement: new TextEncoder().encode(frozen.statement),
      content: new TextEncoder().encode(frozen.content),
    })
    expect(Buffer.from(bytes.subarray(0, frozen.unpadded.length / 2)).toString('hex')).toBe(frozen.unpadded)
    expect(bytes).toHaveLength(frozen.paddedBytes)
    expect(new TextDecoder().decode(decodeEnvelope(bytes).content)).toBe(frozen.content)
  })
})

describe('the padding', () => {
  test.each([
    [0, 4096],
    [4096, 4096],
    [4097, 4352],
    [4352, 4352],
    [4353, 4608],
    [65_535, 65_536],
    [65_537, 67_584],
    [1_000_000, 1_015_808],
    [64 * KiB * KiB, 64 * KiB * KiB],
  ])('of %i bytes ends at %i', (length, padded) => {
    expect(paddedLength(length)).toBe(padded)
  })

  test('costs at most 12 % and its result is a fixed point', () => {
    fc.assert(
      fc.property(fc.integer({ min: limits.envelopeMinBytes, max: 80 * KiB * KiB }), (length) => {
        const padded = paddedLength(length)
        expect(padded).toBeGreaterThanOrEqual(length)
        expect(padded).toBeLessThan(length * 1.12)
        expect(paddedLength(padded)).toBe(padded)
      }),
    )
  })

  test('leaves few lengths apart', () => {
    const lengths = new Set(Array.from({ length: 60 * KiB }, (_, length) => paddedLength(length)))
    expect(lengths.size).toBeLessThan(100)
  })
})

describe('what is refused', () => {
  test.each([
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(4096)],
    ['another magic', altered((bytes) => bytes.set([0x32], 3))],
    ['a statement beyond the end', altered((_, view) => view.setUint32(4, 5000))],
    ['a statement of 4 GiB', altered((_, view) => view.setUint32(4, 0xffff_ffff))],
    ['a content beyond the end', altered((_, view) => view.setBigUint64(8 + statement.length, 5000n))],
    [
      'a content of 2^64 - 1 bytes',
      altered((_, view) => view.setBigUint64(8 + statement.length, 2n ** 64n - 1n)),
    ],
    ['a content shorter than it is', altered((_, view) => view.setBigUint64(8 + statement.length, 3n))],
    ['a last byte that is not zero', altered((bytes) => bytes.set([1], 4095))],
    ['a first padding byte that is not zero', altered((bytes) => bytes.set([1], overhead + 25 + 20))],
    ['padding cut short', altered(() => {}).subarray(0, 4095)],
    ['padding of another bucket', concat([altered(() => {}), new Uint8Array(256)])],
    ['no padding', encodeEnvelope({ statement, content }).subarray(0, overhead + 25 + 20)],
  ])('%s', (_, bytes) => {
    expect(() => decodeEnvelope(bytes)).toThrow(invalid)
  })

  test('a statement or a content above the limit', () => {
    const tooLong = new Uint8Array(limits.statementMaxBytes + 1)
    expect(() => encodeEnvelope({ statement: tooLong, content })).toThrow(invalid)
    const tooLarge = new Uint8Array(limits.contentMaxBytes + 1)
    expect(() => envelopePieces({ statement, content: tooLarge })).toThrow(invalid)
  })
})
