import { concat, requireLength, unshared } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'

// One stored item of the vault: version (1 byte) | nonce (12) | AES-256-GCM ciphertext and tag.
// The version and the item's name are authenticated with it, so that no item can stand in for another.
// A random 96-bit nonce bounds one data key to 2^32 items (NIST SP 800-38D, 8.3).

const version = 1
const nonceBytes = 12
const tagBytes = 16
const dataKeyBytes = 32

/** A data key as WebCrypto holds it: it cannot be read out again. Throws CryptoError `argument-invalid`. */
export async function importDataKey(dataKey: Uint8Array): Promise<CryptoKey> {
  requireLength(dataKey, dataKeyBytes)
  return globalThis.crypto.subtle.importKey('raw', unshared(dataKey), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ])
}

/** The item under the data key: 32 bytes, or from `importDataKey` where many items follow. */
export async function sealItem(
  dataKey: Uint8Array | CryptoKey,
  name: string,
  plaintext: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = dataKey instanceof Uint8Array ? await importDataKey(dataKey) : dataKey
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(nonceBytes))
  const algorithm = { name: 'AES-GCM', iv, additionalData: additionalDataOf(name) }
  const sealed = await globalThis.crypto.subtle.encrypt(algorithm, key, unshared(plaintext))
  return concat([Uint8Array.of(version), iv, new Uint8Array(sealed)])
}

/** The mirror of `sealItem`. Throws CryptoError `item-invalid` on damage, another name or another key. */
export async function openItem(
  dataKey: Uint8Array | CryptoKey,
  name: string,
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = dataKey instanceof Uint8Array ? await importDataKey(dataKey) : dataKey
  if (bytes[0] !== version || bytes.length < 1 + nonceBytes + tagBytes) throw new CryptoError('item-invalid')
  const iv = unshared(bytes.subarray(1, 1 + nonceBytes))
  const algorithm = { name: 'AES-GCM', iv, additionalData: additionalDataOf(name) }
  try {
    const sealed = unshared(bytes.subarray(1 + nonceBytes))
    return new Uint8Array(await globalThis.crypto.subtle.decrypt(algorithm, key, sealed))
  } catch (cause) {
    throw new CryptoError('item-invalid', cause)
  }
}

function additionalDataOf(name: string): Uint8Array<ArrayBuffer> {
  return concat([Uint8Array.of(version), new TextEncoder().encode(name)])
}
