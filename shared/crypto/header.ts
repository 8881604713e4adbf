import { Decrypter, Encrypter } from 'age-encryption'
import { requireLength } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'
import { limits } from './limits.ts'

// age-encryption.org/v1, header: written and read by typage. Only the end of the header is found here.

export const fileKeyBytes = 16

export interface SealHeader {
  /** The textual header with its MAC and the line feed after it. */
  header: Uint8Array<ArrayBuffer>
  /** The 16-byte age file key. Whoever holds it reads this one file. */
  fileKey: Uint8Array<ArrayBuffer>
}

const versionLine = new TextEncoder().encode('age-encryption.org/v1\n')
const lineFeed = 0x0a
const dash = 0x2d
const macLineBytes = '--- '.length + 43 + '\n'.length

/**
 * Makes a file key and seals it to every recipient. All must be post-quantum (`age1pq1…`): a stanza of another
 * kind beside them would give a harvester the file key.
 * Throws CryptoError `recipient-invalid`.
 */
export async function createHeader(recipients: readonly string[]): Promise<SealHeader> {
  if (recipients.length === 0) throw new CryptoError('recipient-invalid')
  const encrypter = new Encrypter()
  const kept: Uint8Array[] = []
  try {
    for (const recipient of recipients) {
      if (!recipient.startsWith('age1pq1')) throw new CryptoError('recipient-invalid')
      encrypter.addRecipient(recipient)
    }
    encrypter.addRecipient({
      wrapFileKey(fileKey) {
        kept.push(new Uint8Array(fileKey))
        return []
      },
    })
    const { header } = splitHeader(await encrypter.encrypt(new Uint8Array(0)))
    const [fileKey] = kept
    if (fileKey === undefined) throw new CryptoError('recipient-invalid')
    return { header: new Uint8Array(header), fileKey: new Uint8Array(fileKey) }
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause
    throw new CryptoError('recipient-invalid', cause)
  }
}

/**
 * The length of the header at the start of these bytes, or undefined while its end is still to come.
 * Throws CryptoError `header-invalid` as soon as no age header within `limits.headerMaxBytes` can begin so.
 */
export function headerLength(bytes: Uint8Array): number | undefined {
  const known = Math.min(bytes.length, versionLine.length)
  for (let index = 0; index < known; index++) {
    if (bytes[index] !== versionLine[index]) throw new CryptoError('header-invalid')
  }
  const head = bytes.subarray(0, limits.headerMaxBytes)
  let line = versionLine.length
  while (line > 0 && line < head.length) {
    const next = head.indexOf(lineFeed, line) + 1
    // A line that begins with three dashes is the MAC: stanzas begin with "->", base64 has no dash.
    if (head[line] === dash && head[line + 1] === dash && head[line + 2] === dash) {
      if ((next === 0 ? head.length + 1 : next) - line > macLineBytes) throw new CryptoError('header-invalid')
      if (next > 0) return next
    }
    line = next
  }
  if (head.length === limits.headerMaxBytes) throw new CryptoError('header-invalid')
  return undefined
}

/** Both parts as views of the same memory. Throws CryptoError `header-invalid`. */
export function splitHeader(file: Uint8Array): { header: Uint8Array; body: Uint8Array } {
  const length = headerLength(file)
  if (length === undefined) throw new CryptoError('header-invalid')
  return { header: file.subarray(0, length), body: file.subarray(length) }
}

/**
 * The file key of a header sealed to this identity (`AGE-SECRET-KEY-PQ-1…`, `AGE-SECRET-KEY-1…`); its MAC is checked.
 * Throws CryptoError `identity-invalid`, `no-match`, `header-invalid`.
 */
export async function openHeader(header: Uint8Array, identity: string): Promise<Uint8Array<ArrayBuffer>> {
  requireWhole(header)
  const decrypter = new Decrypter()
  let matched = true
  try {
    decrypter.addIdentity(identity)
  } catch {
    // No cause: its text could quote the identity.
    throw new CryptoError('identity-invalid')
  }
  decrypter.addIdentity({
    // Asked only when the first identity matched no stanza.
    unwrapFileKey() {
      matched = false
      return null
    },
  })
  try {
    return new Uint8Array(await decrypter.decryptHeader(header))
  } catch (cause) {
    throw new CryptoError(matched ? 'header-invalid' : 'no-match', cause)
  }
}

/**
 * Checks the header's MAC, and so that this is the one file key that the header commits to.
 * Throws CryptoError `header-invalid`.
 */
export async function checkHeader(header: Uint8Array, fileKey: Uint8Array): Promise<void> {
  requireLength(fileKey, fileKeyBytes)
  requireWhole(header)
  const decrypter = new Decrypter()
  decrypter.addIdentity({ unwrapFileKey: () => fileKey })
  try {
    await decrypter.decryptHeader(header)
  } catch (cause) {
    throw new CryptoError('header-invalid', cause)
  }
}

function requireWhole(header: Uint8Array): void {
  if (headerLength(header) !== header.length) throw new CryptoError('header-invalid')
}
