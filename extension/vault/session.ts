import { base64 } from '@scure/base'
import { z } from 'zod'
import { limits } from './limits.ts'
import type { Area } from './places.ts'
import { sessionItem } from './stored-items.ts'

/** Where the data key waits for the next service worker; Unix milliseconds. */
const sessionSchema = z.strictObject({
  dataKey: z.base64(),
  unlockedAt: z.int(),
  /** The latest time at which this vault was known to be unlocked. */
  seenAt: z.int(),
  lockAt: z.int(),
})
type SessionItem = z.infer<typeof sessionSchema>

/** `setAccessLevel` is Chrome's, and not in the polyfill's types. */
export interface GuardedArea extends Area {
  setAccessLevel?(level: { accessLevel: 'TRUSTED_CONTEXTS' }): Promise<void>
}

/** An unlocked vault's time: it ends at `lockAt`, and at once when the clock was set back. */
export interface Session {
  /** The data key from before the service worker died, unless its time is over. */
  restore(): Promise<Uint8Array | undefined>
  open(dataKey: Uint8Array, minutes: number): Promise<void>
  /** A person acted: the time starts anew. */
  touch(minutes: number): Promise<void>
  /** Keys are used, which postpones nothing. */
  seen(): void
  isOver(): boolean
  lockAt(): number | null
  clear(): Promise<void>
}

/** @param onEnd is called when the time runs out while this context lives. */
export function createSession(area: GuardedArea, now: () => number, onEnd: () => void): Session {
  let item: SessionItem | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const isOver = () => !item || now() >= item.lockAt || now() < item.seenAt - limits.clockStepMs
  const store = async (next: SessionItem): Promise<void> => {
    item = next
    // The timer counts real time, whatever the clock is set to.
    clearTimeout(timer)
    timer = setTimeout(onEnd, Math.max(0, next.lockAt - now()))
    await area.set({ [sessionItem]: next })
  }
  const clear = async (): Promise<void> => {
    item = undefined
    clearTimeout(timer)
    await area.remove(sessionItem)
  }

  return {
    async restore() {
      const found = sessionSchema.safeParse((await area.get(sessionItem))[sessionItem])
      item = found.data
      if (!item || isOver()) {
        await clear()
        return undefined
      }
      await store({ ...item, seenAt: Math.max(item.seenAt, now()) })
      return base64.decode(item.dataKey)
    },
    async open(dataKey, minutes) {
      const at = now()
      const lockAt = at + minutes * 60_000
      await store({ dataKey: base64.encode(dataKey), unlockedAt: at, seenAt: at, lockAt })
    },
    async touch(minutes) {
      if (!item || isOver()) return
      const at = Math.max(item.seenAt, now())
      await store({ ...item, seenAt: at, lockAt: at + minutes * 60_000 })
    },
    seen() {
      if (!item || now() - item.seenAt < limits.seenEveryMs) return
      item = { ...item, seenAt: now() }
      // Lost with the browser at worst, and then the data key is lost too.
      area.set({ [sessionItem]: item }).catch(() => undefined)
    },
    isOver,
    lockAt: () => item?.lockAt ?? null,
    clear,
  }
}
