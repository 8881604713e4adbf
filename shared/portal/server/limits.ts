const MiB = 1024 * 1024
const second = 1
const minute = 60 * second
const day = 24 * 60 * minute

/** Numbers that bound what a portal's server waits for, keeps and accepts. */
export const limits = {
  challengeSeconds: 10 * minute,
  voucherSeconds: 365 * day,
  /** How long an answer to a request is still recognized after the request's own deadline. */
  decisionGraceSeconds: 30 * day,
  requestDefaultSeconds: 7 * day,
  anchorSeconds: 30 * day,
  accessSeconds: 30 * minute,
  /** How long a naming or a vote may wait to be submitted. */
  organizationActSeconds: 1 * day,
  /** How long an appraisal waits for its author to claim. */
  appraisalSeconds: 90 * day,
  votingDefaultSeconds: 14 * day,
  votingMinSeconds: 60 * minute,
  /** The ledger takes no longer voting. */
  votingMaxSeconds: 90 * day,
  signInSeconds: 2 * minute,
  /** A token is renewed when it has less than this left. */
  tokenMarginSeconds: 30 * second,
  retrievalProofSeconds: 2 * minute,
  relayTries: 3,
  relayRetryMs: 250,
  relayRetryMaxMs: 5_000,
  relayTimeoutMs: 30_000,
  /** A whole record up or down a slow line. */
  relayBulkTimeoutMs: 600_000,
  /** What a CAR may hold on top of the file itself: CIDs and inner nodes. */
  carOverheadMaxBytes: 1 * MiB,
  dialTries: 2,
  dialTimeoutMs: 4_000,
  dialTotalMs: 20_000,
  retrievalTimeoutMs: 60_000,
  /** For the connections to patients' browsers to end; then they are left to the process. */
  stopWaitMs: 5_000,
  recordsAtOnce: 4,
  /** The sponsor may still be submitting a grant that the patient has just given. */
  grantWaitMs: 15_000,
  ledgerPollMs: 250,
  /** How long a batched anchor's proof is kept, as the record itself is. */
  proofSeconds: 30 * 366 * day,
  actWaitMs: 30_000,
  /** Emergencies: how long a practitioner's signature waits for the ledger, and a request for a share for its holder. */
  openingSeconds: 10 * minute,
  shareRequestSeconds: 5 * minute,
  shareAskAgainSeconds: 10 * second,
  /** A policy that stands that long is stated anew. */
  shareKeptSeconds: 3_650 * day,
  strangersSharesPerDay: 200,
  daySeconds: 1 * day,
} as const
