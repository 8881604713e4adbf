const leastCharacters = 12
const leastDifferentCharacters = 5
const strongCharacters = 20
const strongWords = 5

export type PassphraseHint = { good: boolean; text: string }

/** Whether a new passphrase will do, and what would make it better. Rules of thumb: length counts, symbols do not. */
export function passphraseHint(passphrase: string): PassphraseHint {
  const text = passphrase.normalize('NFKC').trim()
  const missing = leastCharacters - [...text].length
  if (missing > 0) {
    return {
      good: false,
      text: `The passphrase is too short: ${missing} more ${missing === 1 ? 'character' : 'characters'}. Four words are good.`,
    }
  }
  if (new Set(text.toLowerCase()).size < leastDifferentCharacters) {
    return { good: false, text: 'The passphrase is too easy to guess: use more different letters.' }
  }
  const words = text.split(/\s+/).filter((word) => word.length > 1).length
  if ([...text].length >= strongCharacters || words >= strongWords) return { good: true, text: 'Strong.' }
  return { good: true, text: 'Good. One more word makes it strong.' }
}
