const KiB = 1024
const MiB = 1024 * KiB
const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Numbers that both ends of a wire must agree on. What only one end enforces stands in that end's `limits.ts`. */
export const limits = {
  /** A provider message, its JSON encoded as UTF-8. */
  providerMessageMaxBytes: 64 * KiB,
  /** The content of one record, before sealing. */
  recordMaxBytes: 64 * MiB,
  /** A sealed record: content, statement, padding (at most 12 %), age overhead. */
  sealedRecordMaxBytes: 74 * MiB,
  statementMaxBytes: 8 * KiB,
  /** Records in one grant. */
  grantRecordsMax: 2_000,
  grantDurationMaxSeconds: 366 * day,
  grantDurationMinSeconds: 10 * minute,
  reasonMaxCharacters: 280,
  titleMaxCharacters: 120,
  /** How far ahead the deadline of a challenge, connection, request, or sign-in may lie. */
  challengeMaxSeconds: 10 * minute,
  requestMaxSeconds: 14 * day,
  signInMaxSeconds: 5 * minute,
  /** How far ahead a patient's ledger signature may be submitted by anyone. */
  submissionMaxSeconds: 30 * day,
  voucherMaxSeconds: 400 * day,
  /** How long supporters may vote on a deposit; the contract's own bound. */
  votingMaxSeconds: 90 * day,
  /** Accepted difference between two clocks. */
  clockSkewSeconds: 5 * minute,
  inboxMessageMaxBytes: 64 * KiB,
  manifestMaxBytes: 8 * MiB,
  /** Sealed; small enough to be one raw block. */
  emergencySummaryMaxBytes: 256 * KiB,
  retrievalFrameMaxBytes: 16 * KiB,
  unixfsChunkBytes: 1 * MiB,
} as const
