const KiB = 1024
const MiB = 1024 * KiB

/** What this folder accepts from files that others made. */
export const limits = {
  /** An age header: about 40 hybrid recipients. The specification sets no bound; a stream needs one. */
  headerMaxBytes: 64 * KiB,
  statementMaxBytes: 8 * KiB,
  contentMaxBytes: 64 * MiB,
  /** Smaller records all look alike. */
  envelopeMinBytes: 4 * KiB,
  /** Below this a stored key is refused before any work (OWASP's minimum for Argon2id). */
  stretchFloor: { memoryKib: 19 * KiB, iterations: 2, parallelism: 1 },
  /** Above this a stored key is refused before any work: a file must not make us allocate at will. */
  stretchCeiling: { memoryKib: 512 * KiB, iterations: 12, parallelism: 16 },
} as const
