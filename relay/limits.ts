const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB
const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Every number by which this relay bounds a stranger. What both ends must agree on stands in `shared/protocol/limits.ts`. */
export const relayLimits = {
  // Signing in
  tokenTtlMs: 1 * hourMs,
  tokensPerAccount: 64,
  nonceTtlMs: 5 * minuteMs,

  // HTTP
  jsonMaxBytes: 64 * KiB,
  mappingMaxBytes: 512 * KiB,
  headerMaxBytes: 16 * KiB,
  headersTimeoutMs: 15 * secondMs,
  requestTimeoutMs: 10 * minuteMs,
  connectionsMax: 4_096,
  drainMs: 10 * secondMs,
  /** How much of a refused body is read and thrown away, so that the client sees the refusal and not a broken pipe. */
  discardMaxBytes: 128 * MiB,

  // Rates: how many a second, and how many at once before that counts. Keyed by address or by account.
  rates: {
    request: { perSecond: 200, burst: 2_000 },
    signIn: { perSecond: 20, burst: 200 },
    upload: { perSecond: 20, burst: 200 },
    inbox: { perSecond: 10, burst: 100 },
    ipns: { perSecond: 10, burst: 100 },
    sponsor: { perSecond: 20, burst: 200 },
    // Keyed by address, for accounts without a voucher: an account costs nothing, so that a rate of its own bounds nobody.
    unvouchedUpload: { perSecond: 4, burst: 400 },
    unvouchedInbox: { perSecond: 0.1, burst: 60 },
    unvouchedBytes: { perSecond: 16 * KiB, burst: 2 * GiB },
    /** Names that nobody has published under before: there is room for `ipnsNamesMax`. */
    newName: { perSecond: 0.02, burst: 2_000 },
  },
  /** Addresses and accounts whose rate is remembered; the one longest unseen is forgotten first. */
  ratesRemembered: 50_000,

  // Storage
  carMaxBytes: 80 * MiB,
  blockMaxBytes: 2 * MiB,
  blocksPerDag: 16_384,
  dagDepthMax: 32,
  identityCidMaxBytes: 128,
  /** Blocks of an upload that are written and synced together. */
  batchBlocks: 16,
  batchBytes: 8 * MiB,
  collectorGraceMs: 1 * hourMs,
  collectorBatch: 128,
  housekeepingMs: 30 * secondMs,

  // Pinning
  quotaUnsponsoredBytes: 16 * MiB,
  quotaVouchedBytes: 4 * GiB,
  /** Relay accounts that one voucher may lift. */
  accountsPerVoucher: 2,
  pinsPerAccount: 20_000,
  pinsPage: 1_000,
  pinsPageDefault: 10,
  pinMetaMaxBytes: 4 * KiB,
  /** How long a pin waits for blocks that have not been uploaded. */
  pinWaitMs: 10 * minuteMs,
  /** How long an uploaded block is kept for a pin to come. */
  unpinnedTtlMs: 15 * minuteMs,
  pinWalksAtOnce: 4,
  /** How long an answer may wait so that it can say `pinned` at once. */
  pinAnswerMs: 2 * secondMs,

  // Replicating to another service
  upstreamTimeoutMs: 1 * minuteMs,
  /** Roots that one round goes through. */
  replicasAtOnce: 64,
  /** Sent in one request, and in memory meanwhile. */
  replicaCarBytes: 8 * MiB,
  /** How long at most until what failed is tried again. */
  replicaWaitMaxMs: 1 * hourMs,
  /** How often the service is asked whether it still has a pin. */
  replicaCheckMs: 1 * dayMs,

  // Staging
  stagingTtlMs: 48 * hourMs,
  stagedBytesPerPatient: 512 * MiB,
  stagedBytesPerOrganization: 16 * GiB,
  stagedPerPatient: 500,

  // Gateway
  mappingsPerAccount: 10_000,
  /** Owners whose mapping of one grant is looked at, the oldest first: strangers can map a grant that they saw on the ledger. */
  mappingsPerGrant: 16,
  /** Directories of emergency summaries: the newest, and the one before, which counts until the ledger has the new policy. */
  emergenciesPerAccount: 2,
  receiptsPage: 1_000,
  receiptTtlMs: 400 * dayMs,

  // Inbox
  inboxTtlMs: 30 * dayMs,
  inboxMessagesPerPatient: 200,
  inboxMessagesPerOrganization: 10_000,
  /** How many may wait before only those are taken for whom that organization vouches: the other places are kept for them. */
  inboxStrangersPerOrganization: 1_000,
  inboxMessagesPerSender: 50,
  inboxPage: 100,

  // IPNS
  ipnsRecordMaxBytes: 10 * KiB,
  ipnsNamesMax: 200_000,
  ipnsKeptAfterExpiryMs: 90 * dayMs,

  // Sponsor
  /**
   * Acts that are paid in a day: for one organization, and for one signer of its. Kept apart by what they do, so that a spent budget never
   * stands in the way of a revocation, a veto or an emergency.
   */
  sponsoredPerDay: {
    act: { organization: 5_000, signer: 500 },
    revocation: { organization: 5_000, signer: 500 },
    emergency: { organization: 500, signer: 100 },
  },
  sponsorInFlight: 16,
  sponsorAnswerMs: 2 * secondMs,
  sponsorPollMs: 250,
  sponsorResendMs: 15 * secondMs,
  /** How long a transaction may wait for a block before one that pays more takes its place. */
  sponsorReplaceMs: 45 * secondMs,
  /** An act that would take more is not paid for. The largest is a period's statistics. */
  sponsorGasMax: 2_000_000,
  /** What a unit of gas may cost; above it nothing is sent until fees have fallen. */
  sponsorMaxFeePerGas: 1_000_000_000_000n,
  batchTickMs: 1 * secondMs,
  /** How long before its deadline an act no longer waits for a batch: what one by itself may need to be mined. */
  batchMarginMs: 10 * minuteMs,
  /** Accepted acts not yet on the ledger; more are refused. */
  sponsorQueueMax: 5_000,
  /** How long, and how many of, the refused acts are kept so that somebody can ask why. */
  sponsorFailedTtlMs: 1 * dayMs,
  sponsorFailedMax: 10_000,

  // Circuit. js-libp2p's client renews 5 minutes before the end and keeps what has over 10 minutes left.
  reservationsMax: 4_096,
  reservationTtlMs: 15 * minuteMs,
  relayedBytesMax: 128 * KiB,
  relayedDurationMs: 2 * minuteMs,
  circuitConnectionsMax: 8_192,
  circuitConnectionsPerPeer: 4,
  circuitPendingMax: 512,
  circuitConnectionsPerSecond: 500,
  circuitsPerPeer: 16,
  peerRegistrationTtlMs: 24 * hourMs,
  peersPerAccount: 16,
  /** Another relay of the same database that was not heard of for so long is not there. */
  relayUnheardMs: 2 * minuteMs,

  // State
  readyTimeoutMs: 3 * secondMs,
  /** How long the ledger's answer stands, so that asking often costs it nothing. */
  readyKeptMs: 1 * secondMs,
  statusKeptMs: 5 * secondMs,
  /** What the status page plots: six hours. */
  trafficSpanMs: 5 * minuteMs,
  trafficSpans: 72,

  // Ledger
  ledgerTimeoutMs: 5 * secondMs,
  ledgerAnswersCached: 10_000,
} as const
