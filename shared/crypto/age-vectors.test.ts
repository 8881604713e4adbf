import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { armor, Decrypter, generateHybridIdentity } from 'age-encryption'
import * as vectors from 'cctv-age'
import { describe, expect, test } from 'vitest'
import { concat } from './bytes.ts'
import { type ChunkCipherOf, nobleCipher, webCipher } from './chunk-cipher.ts'
import { CryptoError } from './crypto-error.ts'
import { checkHeader, openHeader, splitHeader } from './header.ts'
import { type Bytes, openPayload } from './payload.ts'
import { open, openWithFileKey } from './seal.ts'

// C2SP CCTV, all 143 vectors of age. Armor and passphrases are typage's: Carekey reads neither, but what stands
// within them goes through our header and payload as everything else does.

const sealedChunk = 64 * 1024 + 16
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

type Expectation =
  | 'success'
  | 'no match'
  | 'HMAC failure'
  | 'header failure'
  | 'payload failure'
  | 'armor failure'

interface Vector {
  name: string
  expect: Expectation
  payload: string | undefined
  identities: string[]
  passphrases: string[]
  armored: boolean
  file: Uint8Array
}

function parse(name: string, bytes: Uint8Array): Vector {
  const end = Buffer.from(bytes).indexOf('\n\n')
  const fields = Buffer.from(bytes.subarray(0, end))
    .toString()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const)
  const values = (key: string) => fields.filter(([field]) => field === key).map(([, value]) => value)
  const rest = bytes.subarray(end + 2)
  return {
    name,
    expect: values('expect')[0] as Expectation,
    payload: values('payload')[0],
    identities: values('identity'),
    passphrases: values('passphrase'),
    armored: values('armored')[0] === 'yes',
    file: values('compressed')[0] === 'zlib' ? new Uint8Array(inflateSync(rest)) : rest,
  }
}

const all = Object.entries(vectors)
  .filter((entry): entry is [string, Uint8Array] => entry[1] instanceof Uint8Array)
  .map(([name, bytes]) => parse(name, bytes))
const headerReasons = new Map<Expectation, string>([
  ['header failure', 'header-invalid'],
  ['HMAC failure', 'header-invalid'],
  ['no match', 'no-match'],
])
const nobody = await generateHybridIdentity()

/** The file key as our header code gives it; a passphrase is first turned into one by typage. */
async function fileKeyOf(header: Uint8Array, { identities, passphrases }: Vector): Promise<Uint8Array> {
  if (passphrases.length > 0) {
    const decrypter = new Decrypter()
    for (const passphrase of passphrases) decrypter.addPassphrase(passphrase)
    for (const identity of identities) decrypter.addIdentity(identity)
    const fileKey = await decrypter.decryptHeader(header)
    await checkHeader(header, fileKey)
    return fileKey
  }
  let failure: unknown
  for (const identity of identities.length > 0 ? identities : [nobody]) {
    try {
      return await openHeader(header, identity)
    } catch (error) {
      failure = error
      if (!(error instanceof CryptoError) || error.reason !== 'no-match') throw error
    }
  }
  throw failure
}

async function release(fileKey: Uint8Array, body: Bytes, cipher: ChunkCipherOf) {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of openPayload(fileKey, body, cipher)) pieces.push(piece)
  } catch (error) {
    return { released: concat(pieces), reason: error instanceof CryptoError ? error.reason : String(error) }
  }
  return { released: concat(pieces), reason: 'success' }
}

/**
 * What age's own program gives out before it fails, which is what the vectors' hashes are of: it opens a whole chunk
 * as last or as not last, and only then sees whether the file ends. We look first, and give out no such chunk.
 */
function releaseByReference(fileKey: Uint8Array, body: Uint8Array): Uint8Array {
  const key = hkdf(sha256, fileKey, body.subarray(0, 16), new TextEncoder().encode('payload'), 32)
  const pieces: Uint8Array[] = []
  for (let index = 0, last = false; !last && 16 + index * sealedChunk < body.length; index++) {
    const start = 16 + index * sealedChunk
    const chunk = body.subarray(start, start + sealedChunk)
    const attempt = (flag: number) => {
      try {
        const nonce = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, index >> 8, index, flag])
        return chacha20poly1305(key, nonce).decrypt(chunk)
      } catch {
        return undefined
      }
    }
    const middle = chunk.length === sealedChunk ? attempt(0) : undefined
    const plaintext = middle ?? attempt(1)
    if (plaintext === undefined) break
    pieces.push(plaintext)
    last = middle === undefined
  }
  return concat(pieces)
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size)
}

test('the set is whole', () => {
  expect(all).toHaveLength(143)
})

describe.each(all)('$name ($expect)', (vector) => {
  test('is judged as the specification says', async () => {
    let file = vector.file
    if (vector.armored) {
      const decode = () => armor.decode(Buffer.from(vector.file).toString('latin1'))
      if (vector.expect === 'armor failure') {
        expect(decode).toThrow()
        return
      }
      try {
        file = decode()
      } catch {
        // An armored file without content is a header failure to the vectors; typage refuses the armor.
        expect(vector.expect).toBe('header failure')
        return
      }
    }

    if (headerReasons.has(vector.expect)) {
      // A file without a whole nonce is a header failure to the vectors; to us its header is right.
      const nonceMissing = vector.name === 'stream_no_nonce' || vector.name === 'stream_short_nonce'
      const reason = nonceMissing ? 'payload-invalid' : headerReasons.get(vector.expect)
      await expect(open(vector.identities[0] ?? nobody, file)).rejects.toBeInstanceOf(CryptoError)
      const judge = async () => {
        const { header, body } = splitHeader(file)
        return openWithFileKey(await fileKeyOf(header, vector), concat([header, body]))
      }
      // Behind a passphrase the refusal is typage's own.
      await expect(judge()).rejects.toMatchObject(vector.passphrases.length === 0 ? { reason } : {})
      return
    }

    const { header, body } = splitHeader(file)
    const fileKey = await fileKeyOf(header, vector)
    const reference = releaseByReference(fileKey, body)
    expect(hashOf(reference)).toBe(vector.payload)
    for (const [bytes, cipher] of [
      [body, webCipher],
      [body, nobleCipher],
      [cut(body, body.length < 10_000 ? 1 : 4_099), webCipher],
      [cut(body, body.length < 10_000 ? 1 : 65_553), nobleCipher],
    ] as const) {
      const { released, reason } = await release(fileKey, bytes, cipher)
      expect(reason).toBe(vector.expect === 'success' ? 'success' : 'payload-invalid')
      expect(Buffer.compare(released, reference.subarray(0, released.length))).toBe(0)
      expect(reference.length - released.length).toBeLessThanOrEqual(reason === 'success' ? 0 : 64 * 1024)
    }
    if (vector.expect === 'success') {
      expect(hashOf(await openWithFileKey(fileKey, file))).toBe(vector.payload)
    } else {
      await expect(openWithFileKey(fileKey, file)).rejects.toMatchObject({ reason: 'payload-invalid' })
    }
  })
})
