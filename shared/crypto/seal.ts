import { CryptoError } from './crypto-error.ts'
import { checkHeader, createHeader, openHeader, type SealHeader, splitHeader } from './header.ts'
import { openPayload, payloadLength, plaintextLength, sealPayload } from './payload.ts'

// Whole age files in memory. Above some tens of megabytes, or where bytes come and go as streams,
// use header.ts and payload.ts.

/**
 * A standard age v1 file, sealed under a fresh file key to post-quantum recipients (`age1pq1…`).
 * Throws CryptoError `recipient-invalid`.
 */
export async function seal(
  recipients: readonly string[],
  plaintext: Uint8Array | readonly Uint8Array[],
): Promise<Uint8Array<ArrayBuffer>> {
  return sealWithFileKey(await createHeader(recipients), plaintext)
}

/**
 * The plaintext of an age file sealed to this identity.
 * Throws CryptoError `identity-invalid`, `header-invalid`, `no-match`, `payload-invalid`.
 */
export async function open(identity: string, file: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { header, body } = splitHeader(file)
  return openBody(await openHeader(header, identity), body)
}

/** As `seal`, for who was handed a header and its file key (once: a file key seals one plaintext). */
export async function sealWithFileKey(
  { header, fileKey }: SealHeader,
  plaintext: Uint8Array | readonly Uint8Array[],
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces = plaintext instanceof Uint8Array ? [plaintext] : plaintext
  const plaintextBytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const file = new Uint8Array(header.length + payloadLength(plaintextBytes))
  file.set(header)
  await collect(sealPayload(fileKey, pieces), file.subarray(header.length))
  return file
}

/** As `open`, for who was handed the file key. Throws CryptoError `header-invalid`, `payload-invalid`. */
export async function openWithFileKey(
  fileKey: Uint8Array,
  file: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const { header, body } = splitHeader(file)
  // The MAC commits to the file key: without it one payload could open differently under two keys.
  await checkHeader(header, fileKey)
  return openBody(fileKey, body)
}

async function openBody(fileKey: Uint8Array, body: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const plaintext = new Uint8Array(plaintextLength(body.length))
  await collect(openPayload(fileKey, body), plaintext)
  return plaintext
}

async function collect(pieces: AsyncIterable<Uint8Array>, into: Uint8Array): Promise<void> {
  let offset = 0
  for await (const piece of pieces) {
    into.set(piece, offset)
    offset += piece.length
  }
  if (offset !== into.length) throw new CryptoError('payload-invalid')
}
