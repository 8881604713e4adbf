import { CarekeyError } from '../../shared/protocol/errors.ts'
import { limits } from './limits.ts'

/** Throws CarekeyError `params-invalid` for a passphrase that must not protect a new vault. */
export function requireStrong(passphrase: string): void {
  const characters = [...passphrase.normalize('NFKC').trim()].length
  const refuse = (message: string) =>
    new CarekeyError('params-invalid', message, { data: { field: 'passphrase' } })
  if (characters < limits.passphraseMinCharacters)
    throw refuse(`Choose a passphrase of at least ${limits.passphraseMinCharacters} characters.`)
  if (characters > limits.passphraseMaxCharacters)
    throw refuse(`Choose a passphrase of at most ${limits.passphraseMaxCharacters} characters.`)
}
