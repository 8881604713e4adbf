import type { SignedDecision } from '../../shared/protocol/access-request.ts'
import type { DecisionInput } from '../snapshots.ts'
import type { Opened, StoredRequest, Work } from './queue/request.ts'

/** Tells a person, and stores, how far the work is. `done` from 0 to 1. */
export type Report = (label: string, done: number, work?: Work) => Promise<void>

/** One kind of request: everything by which it differs from the others in the queue. */
export interface Kind<R extends StoredRequest> {
  /** Runs in `checking`; may run again after a restart. Throws CarekeyError with the refusal. */
  check(request: R): Promise<{ opened?: Opened }>
  /** What a yes starts from; throws CarekeyError `params-invalid` for a choice that was not offered. */
  approve(request: R, decision: Extract<DecisionInput, { outcome: 'approve' }>): Promise<Work | null>
  /** The signed no, if this kind has one. */
  refuse(request: R, outcome: 'declined' | 'expired'): Promise<SignedDecision | null>
  /** Runs in `working`, from wherever it stopped; each step once. Returns what the page gets. */
  work(request: R, report: Report): Promise<Extract<R['state'], { name: 'done' }>['result']>
}
