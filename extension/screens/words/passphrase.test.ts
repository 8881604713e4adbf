import { describe, expect, it } from 'vitest'
import { passphraseHint } from './passphrase.ts'

describe('a new passphrase', () => {
  it.each(['', 'short', 'hospital', 'a b c d', '  hospitalkey   '])(
    'refuses “%s” as too short',
    (passphrase) => {
      expect(passphraseHint(passphrase)).toMatchObject({
        good: false,
        text: expect.stringContaining('too short'),
      })
    },
  )

  it('says how much is missing', () => {
    expect(passphraseHint('hospitalkey').text).toBe(
      'The passphrase is too short: 1 more character. Four words are good.',
    )
  })

  it.each(['hospitalkeys', 'to go by sea', 'two big red cats'])('takes “%s”', (passphrase) => {
    expect(passphraseHint(passphrase).good).toBe(true)
  })

  it('refuses one letter over and over', () => {
    expect(passphraseHint('aaaaaaaaaaaaaaaa').good).toBe(false)
  })

  it('calls five words strong', () => {
    expect(passphraseHint('two big red cats sleep').text).toBe('Strong.')
  })
})
