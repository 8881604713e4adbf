/**
 * Where the server remembers its own open challenges and requests. Keep it in your database if it runs as several
 * processes, or must survive a restart between a request and its answer.
 */
export interface PortalStore {
  /** `expiresAt` in Unix seconds: the entry may be dropped after it. */
  set(key: string, value: string, expiresAt: number): Promise<void> | void
  get(key: string): Promise<string | undefined> | string | undefined
  /** Reads and deletes in one step: of two callers, one gets `undefined`. */
  take(key: string): Promise<string | undefined> | string | undefined
}

/** For one process: forgets everything when it ends. */
export function memoryStore(): PortalStore {
  const entries = new Map<string, { value: string; expiresAt: number }>()
  const sweep = (now: number) => {
    for (const [key, entry] of entries) if (entry.expiresAt < now) entries.delete(key)
  }
  return {
    set(key, value, expiresAt) {
      sweep(Math.floor(Date.now() / 1_000))
      entries.set(key, { value, expiresAt })
    },
    get: (key) => entries.get(key)?.value,
    take(key) {
      const value = entries.get(key)?.value
      entries.delete(key)
      return value
    },
  }
}
