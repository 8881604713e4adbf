const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

export const limits = {
  passphraseMinCharacters: 12,
  /** Argon2id takes any length; a message does not. */
  passphraseMaxCharacters: 1_024,
  autoLockDefaultMinutes: 15,
  autoLockMinMinutes: 1,
  autoLockMaxMinutes: 240,
  /** How far the clock may step back, as time servers make it do, before the vault locks. */
  clockStepMs: 2 * second,
  /** How often the last time seen is stored while keys are used. */
  seenEveryMs: 30 * second,
  /** Words of the phrase that prove that it was written down. */
  phraseAnswersMin: 3,
  /** Each backup signs a new pointer; a patient who is away for a year still finds the last one. */
  pointerLifetimeMs: 366 * day,
} as const
