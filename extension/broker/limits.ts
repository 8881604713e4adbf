const second = 1
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const ms = 1_000

/** What bounds a page, an organization or a relay towards the broker. */
export const limits = {
  /** Nesting of a page's parameters; ours need four levels. */
  paramsMaxDepth: 12,
  /** A page's calls, all methods together. */
  callsPerSecond: 10,
  callsPerMinute: 90,
  /** Refusals by the patient after which an origin is not heard for a while. */
  rejectionsMax: 3,
  rejectionsWithinSeconds: 30 * second,
  blockSeconds: 60 * second,
  /** Origins remembered for counting at once; beyond it the longest silent is forgotten. */
  countedOrigins: 1_000,
  /** How long a page's call waits for the vault to be unlocked. */
  unlockWaitMs: 5 * minute * ms,
  /** Decided requests kept, so that a replay is known. */
  requestsKept: 2_000,
  /** Messages taken from an inbox in one go. */
  inboxMessages: 50,
  /** Undecided requests of a kind and organization; what else it left stays at the relay until they are decided. */
  pendingPerKind: 1,
  registryPage: 100,
  registryMaxAgeSeconds: 10 * minute,
  /** How often somebody who waits for the ledger asks again, and for how long before the caller hears `waiting`. */
  pollFirstMs: 30,
  pollMaxMs: 1 * second * ms,
  minedWaitMs: 45 * second * ms,
  /** How far ahead an acceptance or a revocation may be submitted. */
  acceptanceSeconds: 7 * day,
  grantDeadlineSeconds: 7 * day,
  revocationSeconds: 30 * day,
  disputeSeconds: 30 * day,
  delegationDeadlineSeconds: 7 * day,
  connectRequestSeconds: 10 * minute,
  /** How long the node's document may take to answer. */
  nodeStartMs: 15 * second * ms,
  nodePollMs: 50,
  backupDelayMs: 1 * second * ms,
  backupMaxBytes: 64 * 1024 * 1024,
  /** The notice's text shows so many characters of a name. */
  nameShownCharacters: 60,
} as const
