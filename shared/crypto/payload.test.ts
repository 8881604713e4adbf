import { Decrypter, Encrypter } from 'age-encryption'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat } from './bytes.ts'
import { type ChunkCipherOf, nobleCipher, platformCipher, webCipher } from './chunk-cipher.ts'
import { splitHeader } from './header.ts'
import { type Bytes, openPayload, payloadLength, plaintextLength, sealPayload } from './payload.ts'

const KiB = 1024
const chunk = 64 * KiB
const fileKey = globalThis.crypto.getRandomValues(new Uint8Array(16))
const ciphers: [string, ChunkCipherOf][] = [
  ['WebCrypto', webCipher],
  ['noble', nobleCipher],
]
const invalid = { reason: 'payload-invalid' }

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const list: Uint8Array[] = []
  for await (const piece of pieces) list.push(piece)
  return concat(list)
}

/** What came out before the error, and the error. */
async function release(
  body: Bytes,
  cipher: ChunkCipherOf,
): Promise<{ released: Uint8Array; error: unknown }> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of openPayload(fileKey, body, cipher)) pieces.push(piece)
  } catch (error) {
    return { released: concat(pieces), error }
  }
  return { released: concat(pieces), error: undefined }
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let offset = 0
  for (let turn = 0; offset < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(offset, offset + size)
    offset += size
  }
}

const edges = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 17 * chunk, 40 * chunk + 7]

describe.each(ciphers)('with %s', (_, cipher) => {
  test.each(edges)('%i bytes come back, and the lengths are as foretold', async (length) => {
    const plaintext = pattern(length)
    const sealed = await all(sealPayload(fileKey, plaintext, cipher))
    expect(sealed).toHaveLength(payloadLength(length))
    expect(plaintextLength(sealed.length)).toBe(length)
    expect(Buffer.compare(await all(openPayload(fileKey, sealed, cipher)), plaintext)).toBe(0)
  })

  test('pieces of any size come back', async () => {
    const plaintext = pattern(3 * chunk + 5)
    const sizes = fc.array(fc.integer({ min: 1, max: 3 * chunk }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(sizes, sizes, fc.nat(plaintext.length), async (ins, outs, length) => {
        const part = plaintext.subarray(0, length)
        const sealed = await all(sealPayload(fileKey, cut(part, [...ins, 999]), cipher))
        const opened = await all(openPayload(fileKey, cut(sealed, [...outs, 999]), cipher))
        expect(Buffer.compare(opened, part)).toBe(0)
      }),
      { numRuns: 25 },
    )
  })

  test('a view that begins at an odd byte is opened', async () => {
    const sealed = await all(sealPayload(fileKey, pattern(100_000), cipher))
    const odd = concat([new Uint8Array(3), sealed]).subarray(3)
    expect(Buffer.compare(await all(openPayload(fileKey, odd, cipher)), pattern(100_000))).toBe(0)
  })

  test('nothing but verified chunks is given out, in order', async () => {
    const plaintext = pattern(20 * chunk)
    const sealed = await all(sealPayload(fileKey, plaintext, cipher))
    for (const damaged of [0, 1, 5, 19]) {
      const bytes = sealed.slice()
      const offset = 16 + damaged * (chunk + 16) + 100
      bytes[offset] = (bytes[offset] ?? 0) ^ 1
      const { released, error } = await release(bytes, cipher)
      expect(error).toMatchObject(invalid)
      expect(Buffer.compare(released, plaintext.subarray(0, damaged * chunk))).toBe(0)
    }
  })

  test('a payload cut short anywhere is refused', async () => {
    const sealed = await all(sealPayload(fileKey, pattern(2 * chunk), cipher))
    for (const length of [
      0,
      15,
      16,
      17,
      31,
      32,
      16 + chunk,
      32 + chunk,
      33 + chunk,
      48 + chunk,
      sealed.length - 1,
    ]) {
      expect((await release(sealed.subarray(0, length), cipher)).error).toMatchObject(invalid)
    }
  })

  test('anything after the last chunk is refused', async () => {
    const sealed = await all(sealPayload(fileKey, pattern(chunk), cipher))
    for (const extra of [1, 16, 17, chunk + 16]) {
      expect((await release([sealed, new Uint8Array(extra)], cipher)).error).toMatchObject(invalid)
    }
  })

  test('chunks in another order, doubled or from another file are refused', async () => {
    const sealed = await all(sealPayload(fileKey, pattern(3 * chunk), cipher))
    const foreign = await all(sealPayload(fileKey, pattern(3 * chunk), cipher))
    const at = (bytes: Uint8Array, index: number) =>
      bytes.subarray(16 + index * (chunk + 16), 16 + (index + 1) * (chunk + 16))
    const nonce = sealed.subarray(0, 16)
    const parts = [at(sealed, 0), at(sealed, 1), at(sealed, 2)] as const
    for (const body of [
      [nonce, parts[1], parts[0], parts[2]],
      [nonce, parts[0], parts[0], parts[1], parts[2]],
      [nonce, parts[0], parts[2]],
      [nonce, parts[0], at(foreign, 1), parts[2]],
      [foreign.subarray(0, 16), ...parts],
    ]) {
      expect((await release(body, cipher)).error).toMatchObject(invalid)
    }
  })

  test('another file key opens nothing', async () => {
    const sealed = await all(sealPayload(fileKey, pattern(10), cipher))
    const wrong = fileKey.map((byte) => byte ^ 1)
    await expect(all(openPayload(wrong, sealed, cipher))).rejects.toMatchObject(invalid)
  })

  test('typage opens what we seal, and we open what typage seals', async () => {
    const plaintext = pattern(5 * chunk + 1)
    const encrypter = new Encrypter()
    let key = new Uint8Array()
    encrypter.addRecipient({
      wrapFileKey(given) {
        key = new Uint8Array(given)
        return []
      },
    })
    const { header, body } = splitHeader(await encrypter.encrypt(plaintext))
    expect(Buffer.compare(await all(openPayload(key, body, cipher)), plaintext)).toBe(0)
    const decrypter = new Decrypter()
    decrypter.addIdentity({ unwrapFileKey: () => key })
    const file = concat([header, await all(sealPayload(key, plaintext, cipher))])
    expect(Buffer.compare(await decrypter.decrypt(file), plaintext)).toBe(0)
  })
})

test('both ciphers open each other', async () => {
  const plaintext = pattern(2 * chunk + 3)
  expect(await all(openPayload(fileKey, sealPayload(fileKey, plaintext, webCipher), nobleCipher))).toEqual(
    plaintext,
  )
  expect(await all(openPayload(fileKey, sealPayload(fileKey, plaintext, nobleCipher), webCipher))).toEqual(
    plaintext,
  )
  expect(await all(openPayload(fileKey, sealPayload(fileKey, plaintext), platformCipher))).toEqual(plaintext)
})

test('an error of the source is passed on as it is, and leaving early closes the source', async () => {
  const sealed = await all(sealPayload(fileKey, pattern(40 * chunk)))
  let closed = 0
  async function* source() {
    try {
      yield* cut(sealed, [10_000])
      throw new Error('The line broke.')
    } finally {
      closed += 1
    }
  }
  await expect(all(openPayload(fileKey, source()))).rejects.toThrow('The line broke.')
  expect(closed).toBe(1)
  for await (const piece of openPayload(fileKey, source())) {
    expect(piece).toHaveLength(chunk)
    break
  }
  expect(closed).toBe(2)
})

test('a file key of another length is refused', async () => {
  await expect(all(sealPayload(new Uint8Array(32), pattern(1)))).rejects.toMatchObject({
    reason: 'argument-invalid',
  })
  await expect(all(openPayload(new Uint8Array(15), pattern(64)))).rejects.toMatchObject({
    reason: 'argument-invalid',
  })
})

test('a length that no payload has is refused', () => {
  for (const length of [0, 16, 31, 16 + chunk + 16 + 1, 16 + chunk + 16 + 16]) {
    expect(() => plaintextLength(length)).toThrow(expect.objectContaining(invalid))
  }
})
