import { combine, split } from 'shamir-secret-sharing'
import { requireLength, unshared } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'
import { fileKeyBytes } from './header.ts'

// Shamir's scheme over GF(2^8) by an audited library: each byte of the key has a polynomial of its own, and a share is
// its values at one place, the place being the last byte.

/** A share of an age file key. */
export const shareBytes = fileKeyBytes + 1

/**
 * A file key in shares, of which any `threshold` give it back and fewer tell nothing.
 * Throws CryptoError `argument-invalid` for a threshold under 2, or fewer shares than that.
 */
export async function splitFileKey(
  fileKey: Uint8Array,
  shares: number,
  threshold: number,
): Promise<Uint8Array<ArrayBuffer>[]> {
  requireLength(fileKey, fileKeyBytes)
  if (threshold < 2 || shares < threshold) throw new CryptoError('argument-invalid')
  return (await split(fileKey, shares, threshold)).map(unshared)
}

/**
 * The file key again. Too few shares, or a false one, give another key without a sound: `openWithFileKey` finds out, by
 * the header's MAC. Throws CryptoError `argument-invalid` for shares that no key was ever split into.
 */
export async function combineFileKey(shares: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  for (const share of shares) requireLength(share, shareBytes)
  const places = new Set(shares.map((share) => share[shareBytes - 1]))
  if (shares.length < 2 || places.size < shares.length || places.has(0)) {
    throw new CryptoError('argument-invalid')
  }
  return unshared(await combine(shares.map((share) => new Uint8Array(share))))
}
