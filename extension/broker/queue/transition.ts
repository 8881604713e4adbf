import type { SignedDecision } from '../../../shared/protocol/access-request.ts'
import type { Connection } from '../../../shared/protocol/connection.ts'
import type { DepositReceipt, GrantedAccess } from '../../../shared/protocol/provider.ts'
import type { Failure, Opened, StoredRequest, Work } from './request.ts'

/** What can happen to a stored request. `at` is Unix seconds. */
export type Event =
  | { type: 'checked'; opened?: Opened }
  | { type: 'approved'; work: Work | null }
  /** Without `work`, what was remembered stays. */
  | { type: 'advanced'; work?: Work; label: string; done: number }
  | { type: 'finished'; result: Connection | DepositReceipt | GrantedAccess; at: number }
  | { type: 'declined'; decision: SignedDecision | null; at: number }
  | { type: 'expired'; decision: SignedDecision | null; at: number }
  | { type: 'cancelled'; at: number }
  | { type: 'failed'; failure: Failure; at: number }
  | { type: 'retried' }
  | { type: 'joined'; call: string }
  | { type: 'answered' }
  | { type: 'noted' }

/**
 * What becomes of a request by an event; `undefined` when the event means nothing in its state.
 * Pure: whoever calls stores the answer before acting on it.
 */
export function transition(request: StoredRequest, event: Event): StoredRequest | undefined {
  const next = (state: object, more: object = {}): StoredRequest =>
    // The kind's schema checks the whole once more when it is stored.
    ({ ...request, ...more, state }) as StoredRequest
  const { state } = request
  switch (event.type) {
    case 'checked':
      if (state.name !== 'checking') return undefined
      return next({ name: 'ready' }, request.kind === 'deposit' ? { opened: event.opened ?? null } : {})
    case 'approved':
      if (state.name !== 'ready') return undefined
      return next({ name: 'working', work: event.work, progress: null })
    case 'advanced':
      if (state.name !== 'working') return undefined
      return next({
        name: 'working',
        work: event.work ?? state.work,
        progress: { label: event.label, done: event.done },
      })
    case 'finished':
      if (state.name !== 'working') return undefined
      return next({ name: 'done', result: event.result, at: event.at })
    case 'declined':
      if (state.name !== 'ready') return undefined
      return next({ name: 'declined', decision: event.decision, at: event.at })
    case 'expired':
      if (state.name !== 'checking' && state.name !== 'ready') return undefined
      return next({ name: 'expired', decision: event.decision, at: event.at })
    case 'cancelled':
      if (state.name !== 'checking' && state.name !== 'ready') return undefined
      return next({ name: 'cancelled', at: event.at })
    case 'failed': {
      if (state.name !== 'checking' && state.name !== 'working') return undefined
      const work =
        state.name === 'working' ? { work: state.work, decided: true } : { work: null, decided: false }
      return next({ name: 'failed', failure: event.failure, ...work, at: event.at })
    }
    case 'retried':
      if (state.name !== 'failed' || !state.failure.retryable) return undefined
      return state.decided
        ? next({ name: 'working', work: state.work, progress: null })
        : next({ name: 'checking' })
    case 'joined':
      if (request.via.kind !== 'page' || request.via.calls.includes(event.call)) return undefined
      return { ...request, via: { ...request.via, calls: [...request.via.calls, event.call] } }
    case 'noted':
      return request.noted ? undefined : { ...request, noted: true }
    case 'answered':
      if (request.via.kind !== 'inbox' || request.via.answered) return undefined
      return { ...request, via: { ...request.via, answered: true } }
  }
}
