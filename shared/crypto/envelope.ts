import { concat } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'
import { limits } from './limits.ts'

// What stands inside a stored sealed record:
//   "CKR1" | u32be statement length | statement | u64be content length | content | zeros up to a Padmé length
// Sizes leak diagnoses, and age hides no size.

const magic = new TextEncoder().encode('CKR1')
const statementLengthBytes = 4
const contentLengthBytes = 8
const statementOffset = magic.length + statementLengthBytes

export interface Envelope {
  statement: Uint8Array
  content: Uint8Array
}

/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019):
 * a length may keep as many leading bits as its own bit length has bits. At most 12 % above the 4 KiB floor.
 */
export function paddedLength(length: number): number {
  const least = Math.max(length, limits.envelopeMinBytes)
  const exponent = Math.floor(Math.log2(least))
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1))
  return Math.ceil(least / step) * step
}

/** The envelope as pieces to be sealed one after the other; statement and content are not copied. */
export function envelopePieces({ statement, content }: Envelope): Uint8Array[] {
  if (!fits(statement.length, content.length)) throw new CryptoError('envelope-invalid')
  const lengthOfStatement = new Uint8Array(statementLengthBytes)
  new DataView(lengthOfStatement.buffer).setUint32(0, statement.length)
  const lengthOfContent = new Uint8Array(contentLengthBytes)
  new DataView(lengthOfContent.buffer).setBigUint64(0, BigInt(content.length))
  const unpadded = statementOffset + statement.length + contentLengthBytes + content.length
  const padding = new Uint8Array(paddedLength(unpadded) - unpadded)
  return [magic.slice(), lengthOfStatement, statement, lengthOfContent, content, padding]
}

/** Throws CryptoError `envelope-invalid` when statement or content exceed the limits. */
export function encodeEnvelope(envelope: Envelope): Uint8Array<ArrayBuffer> {
  return concat(envelopePieces(envelope))
}

/** Statement and content as views of the given bytes. Throws CryptoError `envelope-invalid`. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const envelope = parse(bytes)
  if (envelope === undefined) throw new CryptoError('envelope-invalid')
  return envelope
}

function parse(bytes: Uint8Array): Envelope | undefined {
  if (bytes.length < limits.envelopeMinBytes) return undefined
  if (magic.some((byte, index) => bytes[index] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const statementLength = view.getUint32(magic.length)
  const contentLengthOffset = statementOffset + statementLength
  const contentOffset = contentLengthOffset + contentLengthBytes
  if (contentOffset > bytes.length) return undefined
  // Beyond 2^53 it loses digits, but stays far out of range.
  const contentLength = Number(view.getBigUint64(contentLengthOffset))
  if (!fits(statementLength, contentLength)) return undefined
  const end = contentOffset + contentLength
  if (bytes.length !== paddedLength(end)) return undefined
  for (let index = end; index < bytes.length; index++) if (bytes[index] !== 0) return undefined
  return {
    statement: bytes.subarray(statementOffset, contentLengthOffset),
    content: bytes.subarray(contentOffset, end),
  }
}

function fits(statementLength: number, contentLength: number): boolean {
  return statementLength <= limits.statementMaxBytes && contentLength <= limits.contentMaxBytes
}
