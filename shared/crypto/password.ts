import { equalBytes } from '@noble/ciphers/utils.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from '@scure/base'
import { argon2id } from 'hash-wasm'
import { concat, requireLength, unshared } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'
import { limits } from './limits.ts'

/** The cost of stretching a passphrase by Argon2id (RFC 9106). */
export interface StretchParameters {
  memoryKib: number
  iterations: number
  parallelism: number
}

/** A data key under a passphrase, as it is stored: JSON, bytes in padded base64. */
export interface WrappedKey extends StretchParameters {
  version: 1
  kdf: 'argon2id'
  /** 32 random bytes. */
  salt: string
  /** 32 bytes that bind this to one stretched key: a passphrase is judged by them, before anything is decrypted. */
  commitment: string
  /** 12 random bytes. */
  nonce: string
  /** AES-256-GCM ciphertext and tag, 48 bytes. */
  ciphertext: string
  /** SHA-256 of all the rest: tells damage from a wrong passphrase. It protects against no attacker. */
  checksum: string
}

export const defaultStretch: StretchParameters = { memoryKib: 64 * 1024, iterations: 3, parallelism: 4 }

const dataKeyBytes = 32
const fieldBytes = { salt: 32, commitment: 32, nonce: 12, ciphertext: 48, checksum: 32 } as const

/**
 * Wraps a 32-byte data key by a passphrase. Takes 250–500 ms of the calling thread.
 * Throws CryptoError `argument-invalid` (empty passphrase, key of another length), `wrapped-key-unsafe`.
 */
export async function wrapDataKey(
  dataKey: Uint8Array,
  passphrase: string,
  parameters: StretchParameters = defaultStretch,
): Promise<WrappedKey> {
  requireLength(dataKey, dataKeyBytes)
  requireSafe(parameters)
  const salt = globalThis.crypto.getRandomValues(new Uint8Array(fieldBytes.salt))
  const nonce = globalThis.crypto.getRandomValues(new Uint8Array(fieldBytes.nonce))
  const { memoryKib, iterations, parallelism } = parameters
  const keys = await stretch(passphrase, salt, parameters)
  const head: Head = {
    version: 1,
    kdf: 'argon2id',
    memoryKib,
    iterations,
    parallelism,
    salt: base64.encode(salt),
    commitment: base64.encode(keys.commitment),
    nonce: base64.encode(nonce),
  }
  const key = await importWrappingKey(keys.wrapping, 'encrypt')
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: additionalDataOf(head) }
  const sealed = new Uint8Array(await globalThis.crypto.subtle.encrypt(algorithm, key, unshared(dataKey)))
  const ciphertext = base64.encode(sealed)
  return { ...head, ciphertext, checksum: base64.encode(checksumOf(head, sealed)) }
}

/**
 * The mirror of `wrapDataKey`. Throws CryptoError `wrapped-key-invalid` (damaged), `wrapped-key-unsafe`
 * (parameters outside the floor and ceiling; both before any work), `passphrase-wrong`.
 */
export async function unwrapDataKey(
  wrapped: WrappedKey,
  passphrase: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { head, salt, commitment, nonce, ciphertext } = parse(wrapped)
  requireSafe(head)
  const keys = await stretch(passphrase, salt, head)
  if (!equalBytes(keys.commitment, commitment)) throw new CryptoError('passphrase-wrong')
  const key = await importWrappingKey(keys.wrapping, 'decrypt')
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: additionalDataOf(head) }
  try {
    return new Uint8Array(await globalThis.crypto.subtle.decrypt(algorithm, key, ciphertext))
  } catch (cause) {
    throw new CryptoError('wrapped-key-invalid', cause)
  }
}

type Head = Omit<WrappedKey, 'ciphertext' | 'checksum'>

function parse(wrapped: WrappedKey) {
  try {
    // The type is a promise of whoever read the store; what stands there may be anything.
    const { version, kdf, memoryKib, iterations, parallelism, ...fields } = wrapped
    if (version !== 1 || kdf !== 'argon2id') throw new CryptoError('wrapped-key-invalid')
    if (Object.keys(fields).length !== Object.keys(fieldBytes).length)
      throw new CryptoError('wrapped-key-invalid')
    const salt = field(fields, 'salt')
    const commitment = field(fields, 'commitment')
    const nonce = field(fields, 'nonce')
    const ciphertext = field(fields, 'ciphertext')
    const checksum = field(fields, 'checksum')
    const head: Head = {
      version,
      kdf,
      memoryKib,
      iterations,
      parallelism,
      salt: fields.salt,
      commitment: fields.commitment,
      nonce: fields.nonce,
    }
    if (!equalBytes(checksum, checksumOf(head, ciphertext))) throw new CryptoError('wrapped-key-invalid')
    return { head, salt, commitment, nonce, ciphertext }
  } catch (cause) {
    throw cause instanceof CryptoError ? cause : new CryptoError('wrapped-key-invalid', cause)
  }
}

function field(
  fields: Record<keyof typeof fieldBytes, string>,
  name: keyof typeof fieldBytes,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(base64.decode(fields[name]))
  if (bytes.length !== fieldBytes[name]) throw new CryptoError('wrapped-key-invalid')
  return bytes
}

function requireSafe(parameters: StretchParameters): void {
  for (const name of ['memoryKib', 'iterations', 'parallelism'] as const) {
    const value = parameters[name]
    const inRange = value >= limits.stretchFloor[name] && value <= limits.stretchCeiling[name]
    if (!Number.isSafeInteger(value) || !inRange) throw new CryptoError('wrapped-key-unsafe')
  }
}

/** One stretched key, split by HKDF into the wrapping key and what may be stored of it. */
async function stretch(passphrase: string, salt: Uint8Array, parameters: StretchParameters) {
  if (passphrase.length === 0) throw new CryptoError('argument-invalid')
  const stretched = await argon2id({
    // The same passphrase typed on another system may come in other code points (RFC 8265).
    password: passphrase.normalize('NFKC'),
    salt,
    memorySize: parameters.memoryKib,
    iterations: parameters.iterations,
    parallelism: parameters.parallelism,
    hashLength: 32,
    outputType: 'binary',
  })
  const derive = (use: string) =>
    hkdf(sha256, stretched, salt, new TextEncoder().encode(`carekey/v1/${use}`), 32)
  const keys = { wrapping: derive('vault-wrapping-key'), commitment: derive('vault-key-commitment') }
  stretched.fill(0)
  return keys
}

async function importWrappingKey(bytes: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const key = await globalThis.crypto.subtle.importKey('raw', unshared(bytes), 'AES-GCM', false, [usage])
  bytes.fill(0)
  return key
}

/** Everything but the ciphertext, in one fixed order. */
function additionalDataOf(head: Head): Uint8Array<ArrayBuffer> {
  const { version, kdf, memoryKib, iterations, parallelism, salt, commitment, nonce } = head
  const values = [version, kdf, memoryKib, iterations, parallelism, salt, commitment, nonce]
  return new TextEncoder().encode(`carekey/v1/wrapped-key ${JSON.stringify(values)}`)
}

function checksumOf(head: Head, ciphertext: Uint8Array): Uint8Array {
  return sha256(concat([additionalDataOf(head), ciphertext]))
}
