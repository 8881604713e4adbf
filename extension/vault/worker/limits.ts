const minuteMs = 60 * 1_000

/** What the sealing worker keeps in memory. */
export const workerLimits = {
  /** Opened deposits; the one that was opened first goes first. */
  ticketsMax: 4,
  ticketTtlMs: 60 * minuteMs,
} as const
