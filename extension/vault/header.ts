import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { canonicalBytes } from '../../shared/protocol/canonical.ts'
import { limits } from './limits.ts'

/** As `WrappedKey` of shared/crypto/password.ts, which checks the rest. */
const wrappedKeySchema = z.strictObject({
  version: z.literal(1),
  kdf: z.literal('argon2id'),
  memoryKib: z.int(),
  iterations: z.int(),
  parallelism: z.int(),
  salt: z.base64(),
  commitment: z.base64(),
  nonce: z.base64(),
  ciphertext: z.base64(),
  checksum: z.base64(),
})

/** What the vault stores: enough to open everything with the passphrase, nothing without it. */
export const vaultHeaderSchema = z.strictObject({
  version: z.literal(1),
  /** Grows by one with every write: the newest good copy wins. */
  revision: z.int().min(1),
  /** The data key under the passphrase. */
  wrapped: wrappedKeySchema,
  /** The phrase's entropy as an item under the data key, base64. */
  sealedPhrase: z.base64(),
  /** The data key under a key from the phrase: who forgets the passphrase loses nothing. Base64. */
  recovery: z.base64(),
  phraseConfirmed: z.boolean(),
  autoLockMinutes: z.int().min(limits.autoLockMinMinutes).max(limits.autoLockMaxMinutes),
  /** Unix milliseconds. */
  createdAt: z.int().min(0),
})
export type VaultHeader = z.infer<typeof vaultHeaderSchema>

const documentSchema = z.strictObject({ checksum: z.string(), header: vaultHeaderSchema })

/** The header and its checksum as canonical JSON. */
export function encodeHeader(header: VaultHeader): string {
  const checked = vaultHeaderSchema.parse(header)
  return new TextDecoder().decode(canonicalBytes({ checksum: checksumOf(checked), header: checked }))
}

/** The mirror of `encodeHeader`; `undefined` when anything in the text is not as it was written. */
export function decodeHeader(text: string): VaultHeader | undefined {
  try {
    const { header } = documentSchema.parse(JSON.parse(text))
    return encodeHeader(header) === text ? header : undefined
  } catch {
    return undefined
  }
}

/** Against damage only; the wrapped key authenticates itself. */
function checksumOf(header: VaultHeader): string {
  return bytesToHex(sha256(canonicalBytes(header)))
}
