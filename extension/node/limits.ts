const KiB = 1024
const MiB = 1024 * KiB
const secondMs = 1_000
const minuteMs = 60 * secondMs

/** Numbers that bound what the node waits for, holds, and does for strangers. */
export const nodeLimits = {
  // HTTP to a relay
  callTimeoutMs: 20 * secondMs,
  /** For a whole CAR, up or down. */
  transferTimeoutMs: 10 * minuteMs,
  callTries: 3,
  retryFirstMs: 300,
  retryMaxMs: 3 * secondMs,
  /** A page of inbox messages is the largest answer: 100 of 64 KiB in base64. */
  replyMaxBytes: 16 * MiB,
  nameMaxBytes: 10 * KiB,
  signInSeconds: 2 * 60,
  /** A token with less than this left is not used any more. */
  tokenMarginSeconds: 60,
  pinPollMs: 500,
  /** How long a pin may stay short of `pinned` after every block was uploaded. */
  pinWaitMs: 2 * minuteMs,

  // Blocks
  /** What a CAR may hold on top of the file itself: CIDs and inner nodes. */
  carOverheadMaxBytes: 1 * MiB,
  blockMaxBytes: 2 * MiB,
  blocksPerFileMax: 1_024,

  // Reservation at the relay
  dialTimeoutMs: 8 * secondMs,
  registerTimeoutMs: 10 * secondMs,
  watchMs: 2 * secondMs,
  reserveRetryFirstMs: 500,
  reserveRetryMaxMs: 8 * secondMs,
  /** Before its end; libp2p renews only what lasts less than 10 minutes, and by itself 5 minutes before the end. */
  renewBeforeMs: 8 * minuteMs,
  renewMinMs: 30 * secondMs,
  /** After so many failures in a row the relay is asked for its addresses again. */
  askRelayAfterFailures: 3,
  /** The relay answers and yet gives no reservation for so long: begin anew with another peer. */
  newPeerAfterFailures: 9,

  // Connections by others
  connectionsMax: 64,
  incomingPendingMax: 16,
  incomingPerSecond: 20,

  // Serving records
  servedAtOnceMax: 8,
  servedPerConnectionMax: 4,
  proofTimeoutMs: 15 * secondMs,
  authorizeTimeoutMs: 30 * secondMs,
  serveTimeoutMs: 5 * minuteMs,
  /** A reader that takes nothing for so long is given up. */
  drainTimeoutMs: 20 * secondMs,

  // Staged deposits
  stagedMax: 4,
  stagedTtlMs: 15 * minuteMs,
  exportUrlTtlMs: 5 * minuteMs,
} as const
