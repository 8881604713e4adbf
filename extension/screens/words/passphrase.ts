const leastCharacters = 12
const leastWords = 4
const leastDifferentCharacters = 5
const strongCharacters = 20

export type PassphraseHint = { good: boolean; text: string }

const wordsOf = (passphrase: string): string[] =>
  passphrase
    .trim()
    .split(/\s+/)
    .filter((word) => word.length > 1)

/** Whether a new passphrase will do, and what would make it better. Rules of thumb: length counts, symbols do not. */
export function passphraseHint(passphrase: string): PassphraseHint {
  const { length } = passphrase.trim()
  const words = wordsOf(passphrase).length
  if (length < leastCharacters && words < leastWords) {
    const missing = leastCharacters - length
    return {
      good: false,
      text: `Too short: ${missing} more ${missing === 1 ? 'character' : 'characters'}, or four words.`,
    }
  }
  if (new Set(passphrase.toLowerCase()).size < leastDifferentCharacters) {
    return { good: false, text: 'Too easy to guess: use more different letters.' }
  }
  if (length >= strongCharacters || words > leastWords) return { good: true, text: 'Strong.' }
  return { good: true, text: 'Good. One more word makes it strong.' }
}
