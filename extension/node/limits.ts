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
} as const
