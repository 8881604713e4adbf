import { generateMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { CryptoError } from './crypto-error.ts'

const strengthBits = 256
const wordCount = 24

/** 24 new words (256 bits and their checksum), English, with single spaces between. */
export function createMnemonic(): string {
  return generateMnemonic(wordlist, strengthBits)
}

/** Whether these are 24 English words with a right checksum; case and extra white space do not matter. */
export function isMnemonic(words: string): boolean {
  const normal = normalize(words)
  return normal.split(' ').length === wordCount && validateMnemonic(normal, wordlist)
}

/**
 * The 64-byte BIP-39 seed, without a BIP-39 passphrase. Takes 5–50 ms of the calling thread.
 * Throws CryptoError `phrase-invalid`.
 */
export function seedOf(words: string): Uint8Array<ArrayBuffer> {
  if (!isMnemonic(words)) throw new CryptoError('phrase-invalid')
  return mnemonicToSeedSync(normalize(words))
}

function normalize(words: string): string {
  return words.normalize('NFKD').trim().toLowerCase().split(/\s+/).join(' ')
}
