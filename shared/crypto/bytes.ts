import { CryptoError } from './crypto-error.ts'

export type Hex = `0x${string}`

/** WebCrypto takes no shared memory; bytes that lie in it are copied, all others are returned as they are. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isUnshared(bytes) ? bytes : new Uint8Array(bytes)
}

function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return typeof SharedArrayBuffer === 'undefined' || !(bytes.buffer instanceof SharedArrayBuffer)
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    joined.set(piece, offset)
    offset += piece.length
  }
  return joined
}

export function toHex(bytes: Uint8Array): Hex {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return `0x${hex}`
}

/** Throws CryptoError `argument-invalid` unless the text is `0x` and 64 hex digits. */
export function hash32FromHex(hex: string): Uint8Array<ArrayBuffer> {
  if (!/^0x[0-9a-fA-F]{64}$/.test(hex)) throw new CryptoError('argument-invalid')
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number.parseInt(hex.slice(2 + 2 * index, 4 + 2 * index), 16),
  )
}

/** Throws CryptoError `argument-invalid` on any other length. */
export function requireLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new CryptoError('argument-invalid')
}
