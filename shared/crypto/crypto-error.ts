/**
 * Why an operation of this folder failed. Outsiders learn no more than this: there is one reason, and one text,
 * for every way in which one kind of input can be malformed (threats T17: no oracle).
 */
const texts = {
  'argument-invalid': 'An argument has the wrong form. This is a mistake in the calling code.',
  'phrase-invalid': 'These are not 24 words of a recovery phrase. Check the spelling and the order.',
  'recipient-invalid': 'This is not a post-quantum age recipient (age1pq1…).',
  'identity-invalid': 'This is not an age identity.',
  'header-invalid': 'The header of this sealed file is damaged, or this is not a sealed file.',
  'no-match': 'This file is sealed to somebody else.',
  'payload-invalid': 'The contents of this sealed file are damaged or cut short.',
  'envelope-invalid': 'This sealed file opens, but what it holds is not a record.',
  'item-invalid': 'This stored item is damaged, or belongs in another place.',
  'wrapped-key-invalid': 'The stored key of the vault is damaged. Use its other copy.',
  'wrapped-key-unsafe': 'The stored key of the vault asks for a stretching outside the safe range.',
  'passphrase-wrong': 'This passphrase does not open the vault.',
} as const

export type CryptoReason = keyof typeof texts

export class CryptoError extends Error {
  override readonly name = 'CryptoError'
  readonly reason: CryptoReason

  constructor(reason: CryptoReason, cause?: unknown) {
    super(texts[reason], cause === undefined ? undefined : { cause })
    this.reason = reason
  }
}
