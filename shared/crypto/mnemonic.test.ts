import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from './bytes.ts'
import { createMnemonic, isMnemonic, seedOf } from './mnemonic.ts'

// The BIP-39 reference phrase of 256 zero bits; its seed, without a passphrase, as every wallet gives it.
const zeroPhrase = `${'abandon '.repeat(23)}art`
const zeroSeed =
  '0x408b285c123836004f4b8842c89324c1f01382450c0d439af345ba7fc49acf705489c6fc77dbd4e3dc1dd8cc6bc9f043db8ada1e243c4a0eafb290d399480840'

describe('a recovery phrase', () => {
  test('has 24 words, never twice the same', () => {
    const phrases = Array.from({ length: 20 }, createMnemonic)
    expect(new Set(phrases).size).toBe(20)
    for (const phrase of phrases) {
      expect(phrase.split(' ')).toHaveLength(24)
      expect(isMnemonic(phrase)).toBe(true)
    }
  })

  test('gives the seed that BIP-39 says', () => {
    expect(toHex(seedOf(zeroPhrase))).toBe(zeroSeed)
  })

  test('is read in any case and spacing', () => {
    expect(seedOf(`  ${zeroPhrase.toUpperCase().replaceAll(' ', ' \n ')} `)).toEqual(seedOf(zeroPhrase))
  })

  test.each([
    ['an empty text', ''],
    ['12 words', `${'abandon '.repeat(11)}about`],
    ['23 words', 'abandon '.repeat(23).trim()],
    ['a wrong checksum', 'abandon '.repeat(24).trim()],
    ['a word of no list', `${'abandon '.repeat(22)}carekey art`],
  ])('refuses %s', (_, words) => {
    expect(isMnemonic(words)).toBe(false)
    expect(() => seedOf(words)).toThrow(expect.objectContaining({ reason: 'phrase-invalid' }))
  })

  test('refuses most phrases in which two words changed places', () => {
    const phrase = createMnemonic().split(' ')
    let refused = 0
    let tried = 0
    fc.assert(
      fc.property(fc.nat(23), fc.nat(23), (one, other) => {
        const swapped = phrase.with(one, phrase[other] ?? '').with(other, phrase[one] ?? '')
        if (swapped.join() === phrase.join()) return
        tried += 1
        if (!isMnemonic(swapped.join(' '))) refused += 1
      }),
    )
    // The checksum has 8 bits: one in 256 passes.
    expect(refused).toBeGreaterThan(tried * 0.9)
  })
})
