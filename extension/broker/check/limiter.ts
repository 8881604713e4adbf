import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { limits } from '../limits.ts'

/** Where a block outlives the background: a page could otherwise wait for its death. */
export interface BlockStore {
  read(): Promise<Record<string, number[]>>
  write(rejections: Record<string, number[]>): Promise<void>
}

/** Bounds what one origin can ask for (threats, T7). Times in Unix seconds. */
export interface Limiter {
  /** Throws CarekeyError `request-limit`. Counts every call, good or bad. */
  count(origin: string, nowMs: number): void
  /** Throws CarekeyError `request-limit` while the origin is blocked. */
  requireHeard(origin: string, now: number): Promise<void>
  /** Until when the origin is blocked; null when it is heard. */
  blockedUntil(origin: string, now: number): Promise<number | null>
  /** The patient has said no. */
  rejected(origin: string, now: number): Promise<void>
  /** The patient wants to hear this origin again. */
  forgive(origin: string): Promise<void>
}

const second = 1_000
const minute = 60 * second

export function limiterOf(store: BlockStore): Limiter {
  const calls = new Map<string, number[]>()
  const blockedUntil = async (origin: string, now: number) => {
    const until = endOfBlock((await store.read())[origin] ?? [])
    return until > now ? until : null
  }
  return {
    count(origin, nowMs) {
      const recent = (calls.get(origin) ?? []).filter((at) => at > nowMs - minute)
      const lastSecond = recent.filter((at) => at > nowMs - second).length
      if (recent.length >= limits.callsPerMinute || lastSecond >= limits.callsPerSecond) {
        throw new CarekeyError('request-limit', 'This page asks too often. Wait a minute.')
      }
      calls.delete(origin)
      calls.set(origin, [...recent, nowMs])
      for (const oldest of calls.keys()) {
        if (calls.size <= limits.countedOrigins) break
        calls.delete(oldest)
      }
    },
    blockedUntil,
    async requireHeard(origin, now) {
      const until = await blockedUntil(origin, now)
      if (until === null) return
      throw new CarekeyError('request-limit', 'The patient has just declined several times. Wait a minute.', {
        data: { until },
      })
    },
    async rejected(origin, now) {
      const all = await store.read()
      const recent = (all[origin] ?? []).filter((at) => at > now - limits.rejectionsWithinSeconds)
      await store.write({ ...all, [origin]: [...recent, now] })
    },
    async forgive(origin) {
      const { [origin]: _, ...others } = await store.read()
      await store.write(others)
    },
  }
}

/** The last rejection opens the block if so many came within the time. */
function endOfBlock(rejections: number[]): number {
  if (rejections.length < limits.rejectionsMax) return 0
  return Math.max(...rejections) + limits.blockSeconds
}
