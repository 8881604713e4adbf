import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { base64 } from '@scure/base'
import { importDataKey, openItem, sealItem } from '../../shared/crypto/item.ts'
import { seedOf } from '../../shared/crypto/mnemonic.ts'
import type { VaultHeader } from './header.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import { recoveryKeyOf, wordsOf } from './phrase.ts'

/** All that an unlocked vault holds; stored-items.ts declares each field. */
export interface Unlocked {
  dataKey: Uint8Array
  cipherKey: CryptoKey
  nameKey: Uint8Array
  /** There from the first use of a derived key. */
  keyring: Promise<Keyring> | undefined
}

const phraseItem = 'vault/phrase'
const recoveryItem = 'vault/recovery'

/** Takes over the data key. Rejects with CryptoError `item-invalid` when it does not open this header. */
export async function openHeaderWith(dataKey: Uint8Array, header: VaultHeader): Promise<Unlocked> {
  const cipherKey = await importDataKey(dataKey)
  await openPhrase(cipherKey, header)
  const nameKey = hkdf(sha256, dataKey, undefined, new TextEncoder().encode('carekey/v1/item-names'), 32)
  return { dataKey, cipherKey, nameKey, keyring: undefined }
}

/** What a header keeps of the phrase. */
export async function sealPhrase(
  dataKey: Uint8Array,
  entropy: Uint8Array,
): Promise<Pick<VaultHeader, 'sealedPhrase' | 'recovery'>> {
  const recoveryKey = recoveryKeyOf(seedOfEntropy(entropy))
  return {
    sealedPhrase: base64.encode(await sealItem(dataKey, phraseItem, entropy)),
    recovery: base64.encode(await sealItem(recoveryKey, recoveryItem, dataKey)),
  }
}

/** The 24 words. */
export async function openPhrase(key: Uint8Array | CryptoKey, header: VaultHeader): Promise<string[]> {
  return wordsOf(await openItem(key, phraseItem, base64.decode(header.sealedPhrase)))
}

/** The data key by the phrase alone. Rejects with CryptoError `item-invalid` for another phrase. */
export async function recoverDataKey(entropy: Uint8Array, header: VaultHeader): Promise<Uint8Array> {
  return await openItem(recoveryKeyOf(seedOfEntropy(entropy)), recoveryItem, base64.decode(header.recovery))
}

export async function keyringOf(unlocked: Unlocked, header: VaultHeader): Promise<Keyring> {
  unlocked.keyring ??= openPhrase(unlocked.cipherKey, header).then((words) =>
    createKeyring(seedOf(words.join(' '))),
  )
  return await unlocked.keyring
}

/** A keyed hash, so that the names of stored items tell nothing. */
export function hashName({ nameKey }: Unlocked, name: string): string {
  return bytesToHex(hmac(sha256, nameKey, new TextEncoder().encode(name)))
}

export function wipe(unlocked: Unlocked): void {
  unlocked.dataKey.fill(0)
  unlocked.nameKey.fill(0)
  unlocked.keyring?.then(
    (keyring) => keyring.wipe(),
    () => undefined,
  )
  unlocked.keyring = undefined
}

function seedOfEntropy(entropy: Uint8Array): Uint8Array {
  return seedOf(wordsOf(entropy).join(' '))
}
