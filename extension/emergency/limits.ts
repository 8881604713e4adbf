const minute = 60
const day = 24 * 60 * minute
const ms = 1_000

export const limits = {
  policySeconds: 7 * day,
  vetoSeconds: 7 * day,
  /** How long a holder's answer is waited for before the share is sent once more. */
  sendAgainSeconds: 60 * minute,
  /** How often, and how long, the holders' answers are looked for right after the shares were sent. */
  lookEveryMs: 1 * ms,
  lookForMs: 60 * ms,
  /** Records that are read for suggestions, the newest first. */
  recordsRead: 20,
  suggestions: 60,
  inboxMessages: 50,
} as const
