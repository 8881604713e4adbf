import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { requireLength } from './bytes.ts'
import { type ChunkCipherOf, platformCipher } from './chunk-cipher.ts'
import { type Chunk, chunksOf } from './chunks.ts'
import { CryptoError } from './crypto-error.ts'
import { fileKeyBytes } from './header.ts'

// age-encryption.org/v1, payload: a 16-byte nonce, then STREAM with ChaCha20-Poly1305 in chunks of 64 KiB.

/** Bytes, or pieces of bytes. A piece must not be written to again while the stream runs. */
export type Bytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

const nonceBytes = 16
const chunkBytes = 64 * 1024
const tagBytes = 16

/** Chunks under way at once: enough to keep the platform's threads busy, 1 MiB to hold. */
const chunksAtOnce = 16

/** The exact length of the payload for a plaintext of this length. */
export function payloadLength(plaintextBytes: number): number {
  return nonceBytes + plaintextBytes + tagBytes * Math.max(1, Math.ceil(plaintextBytes / chunkBytes))
}

/** The exact length of the plaintext in a payload of this length. Throws CryptoError `payload-invalid`. */
export function plaintextLength(payloadBytes: number): number {
  const sealed = payloadBytes - nonceBytes
  const chunks = Math.ceil(sealed / (chunkBytes + tagBytes))
  const length = sealed - chunks * tagBytes
  if (length < 0 || payloadLength(length) !== payloadBytes) throw new CryptoError('payload-invalid')
  return length
}

/** The age payload: its nonce, then one sealed chunk at a time. */
export async function* sealPayload(
  fileKey: Uint8Array,
  plaintext: Bytes,
  cipherOf: ChunkCipherOf = platformCipher,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  requireLength(fileKey, fileKeyBytes)
  const nonce = globalThis.crypto.getRandomValues(new Uint8Array(nonceBytes))
  const cipher = await cipherOf(payloadKey(fileKey, nonce))
  yield nonce
  yield* inOrder(chunksOf(plaintext, chunkBytes), (chunk) => cipher.seal(chunkNonce(chunk), chunk.bytes))
}

/**
 * The plaintext of an age payload, one chunk at a time, each only after its tag was verified. That the file is whole
 * is known only when the generator ends without an error: until then do not act upon what it gave.
 * Throws CryptoError `payload-invalid`; what the source of the body throws is passed on as it is.
 */
export async function* openPayload(
  fileKey: Uint8Array,
  body: Bytes,
  cipherOf: ChunkCipherOf = platformCipher,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  requireLength(fileKey, fileKeyBytes)
  const nonce = new Uint8Array(nonceBytes)
  const sealed = body instanceof Uint8Array ? takeNonce([body], nonce) : takeNonce(body, nonce)
  // The first chunk comes after the nonce, so the key can be made when it is there.
  let cipher: ReturnType<ChunkCipherOf> | undefined
  yield* inOrder(chunksOf(sealed, chunkBytes + tagBytes), async (chunk) => {
    cipher ??= cipherOf(payloadKey(fileKey, nonce))
    const { open } = await cipher
    const plaintext = await open(chunkNonce(chunk), chunk.bytes).catch(() => undefined)
    if (plaintext === undefined) throw new CryptoError('payload-invalid')
    // Only an empty file has an empty last chunk.
    if (plaintext.length === 0 && chunk.index > 0) throw new CryptoError('payload-invalid')
    return plaintext
  })
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return hkdf(sha256, fileKey, nonce, new TextEncoder().encode('payload'), 32)
}

/** 11 bytes of counter, big-endian, then 1 for the last chunk and 0 for all others. */
function chunkNonce({ index, last }: Chunk): Uint8Array {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setBigUint64(3, BigInt(index))
  nonce[11] = last ? 1 : 0
  return nonce
}

async function* takeNonce(
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  nonce: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  let filled = 0
  for await (const piece of body) {
    const head = piece.subarray(0, nonceBytes - filled)
    nonce.set(head, filled)
    filled += head.length
    if (piece.length > head.length) yield piece.subarray(head.length)
  }
  if (filled < nonceBytes) throw new CryptoError('payload-invalid')
}

/** Works on several chunks at once and gives the results in the order of the chunks. */
async function* inOrder(
  chunks: AsyncIterable<Chunk>,
  work: (chunk: Chunk) => Promise<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const underWay: Promise<Uint8Array<ArrayBuffer>>[] = []
  for await (const chunk of chunks) {
    const result = work(chunk)
    // It is awaited below, in its turn, or never if an earlier one fails: not an unhandled rejection.
    result.catch(() => {})
    underWay.push(result)
    if (underWay.length >= chunksAtOnce) yield await shift(underWay)
  }
  while (underWay.length > 0) yield await shift(underWay)
}

function shift<Item>(queue: Item[]): Item {
  const [item] = queue.splice(0, 1)
  if (item === undefined) throw new RangeError('The queue is empty.')
  return item
}
