import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { isMnemonic } from '../../shared/crypto/mnemonic.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { limits } from './limits.ts'

export interface PhraseAnswer {
  /** From 1. */
  position: number
  word: string
}

/** 32 bytes. Throws CarekeyError `params-invalid` unless these are 24 words with a right checksum. */
export function entropyOf(words: readonly string[]): Uint8Array {
  const phrase = words.map((word) => word.trim().toLowerCase()).join(' ')
  if (!isMnemonic(phrase)) {
    throw new CarekeyError(
      'params-invalid',
      'These are not the 24 words of a recovery sheet. Check the spelling and the order.',
      { data: { field: 'words' } },
    )
  }
  return mnemonicToEntropy(phrase, wordlist)
}

export function wordsOf(entropy: Uint8Array): string[] {
  return entropyToMnemonic(entropy, wordlist).split(' ')
}

/** Whether enough different words were given and all are right. */
export function isPhraseKnown(words: readonly string[], answers: readonly PhraseAnswer[]): boolean {
  const positions = new Set(answers.map(({ position }) => position))
  if (positions.size < limits.phraseAnswersMin) return false
  return answers.every(({ position, word }) => words[position - 1] === word.trim().toLowerCase())
}

/** The key that seals the data key for who has the phrase and forgot the passphrase. */
export function recoveryKeyOf(seed: Uint8Array): Uint8Array {
  return hkdf(sha256, seed, undefined, new TextEncoder().encode('carekey/v1/vault-recovery'), 32)
}
