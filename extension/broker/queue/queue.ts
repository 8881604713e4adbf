import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { limits } from '../limits.ts'
import type { Table } from '../ports.ts'
import { isFinal, isUndecided, type StoredRequest, storedRequestSchema } from './request.ts'
import { type Event, transition } from './transition.ts'
import { turns } from './turns.ts'

/** The durable queue: every change is a stored transition, one at a time for each request. */
export interface Queue {
  get(id: string): Promise<StoredRequest | undefined>
  all(): Promise<StoredRequest[]>
  add(request: StoredRequest): Promise<void>
  /** What the request became, stored; `undefined` when the event means nothing in its state. */
  apply(id: string, event: Event): Promise<StoredRequest | undefined>
  remove(id: string): Promise<void>
  /** Resolves as soon as nothing is awaited of person or machine: done, declined, expired, cancelled or failed. */
  settled(id: string, signal: AbortSignal): Promise<StoredRequest>
  /** Ends every wait with the reason why there will be no answer. */
  refuse(id: string, error: CarekeyError): void
}

const isSettled = (request: StoredRequest) => !isUndecided(request) && request.state.name !== 'working'

interface Waiter {
  resolve(request: StoredRequest): void
  reject(error: unknown): void
}

export function queueOf(table: Table<StoredRequest>, changed: (request: StoredRequest) => void): Queue {
  const inTurn = turns()
  const waiters = new Map<string, Set<Waiter>>()
  /** What is worked on, as it was stored last: one step follows the other, and none needs to read it back. */
  const underway = new Map<string, StoredRequest>()

  const take = (id: string): Waiter[] => {
    const all = [...(waiters.get(id) ?? [])]
    waiters.delete(id)
    return all
  }
  const store = async (request: StoredRequest) => {
    const stored = storedRequestSchema.parse(request)
    underway.delete(request.id)
    await table.put(request.id, stored)
    if (stored.state.name === 'working') underway.set(request.id, stored)
    if (isSettled(request)) for (const waiter of take(request.id)) waiter.resolve(request)
    changed(request)
  }
  const prune = async () => {
    const all = await table.all()
    const spare = all.length - limits.requestsKept
    if (spare <= 0) return
    const oldest = all.filter(isFinal).sort((a, b) => a.expiresAt - b.expiresAt)
    for (const request of oldest.slice(0, spare)) await table.delete(request.id)
  }

  return {
    get: (id) => table.get(id),
    all: () => table.all(),
    add: (request) =>
      inTurn(request.id, async () => {
        await prune()
        await store(request)
      }),
    apply: (id, event) =>
      inTurn(id, async () => {
        const request = underway.get(id) ?? (await table.get(id))
        const next = request && transition(request, event)
        if (next) await store(next)
        return next
      }),
    remove: (id) =>
      inTurn(id, async () => {
        const request = await table.get(id)
        underway.delete(id)
        await table.delete(id)
        if (request) changed(request)
      }),
    async settled(id, signal) {
      signal.throwIfAborted()
      return await new Promise<StoredRequest>((resolve, reject) => {
        const waiter = { resolve, reject }
        const set = waiters.get(id) ?? new Set()
        waiters.set(id, set.add(waiter))
        signal.addEventListener('abort', () => {
          set.delete(waiter)
          reject(signal.reason)
        })
        // It may have been settled before anybody waited.
        table.get(id).then((request) => {
          if (!request || isSettled(request)) {
            set.delete(waiter)
            if (request) resolve(request)
            else reject(new CarekeyError('request-cancelled', 'This request is no longer there.'))
          }
        }, reject)
      })
    },
    refuse(id, error) {
      for (const waiter of take(id)) waiter.reject(error)
    },
  }
}
