import type { Clock } from '../clock.ts'
import type { Head } from '../ledger/head.ts'
import type { Database } from '../storage/database.ts'
import type { Span, Traffic } from './traffic.ts'

/** All that the status page tells: sums, of nobody in particular. */
export interface State {
  name: string
  version: string
  upMs: number
  isStopping: boolean
  pins: number
  waitingPins: number
  pinnedBytes: number
  storedBytes: number
  reservations: number
  messages: number
  /** `null`: this relay pays for nobody. */
  sponsor: { queued: number; minedToday: number; failedToday: number } | null
  /** The newest block's number; `null`: the ledger does not answer. */
  height: number | null
  chainId: number
  engines: { database: string; blocks: string }
  traffic: Span[]
}

export interface StateParts {
  db: Database
  clock: Clock
  startedMs: number
  head: Head
  traffic: Traffic
  reservations: () => number
  isStopping: () => boolean
  facts: Pick<State, 'name' | 'version' | 'chainId' | 'engines'> & { hasSponsor: boolean }
}

const dayMs = 24 * 60 * 60 * 1_000

export async function readState(parts: StateParts): Promise<State> {
  const { db, clock, startedMs, head, traffic, reservations, isStopping, facts } = parts
  const { hasSponsor, ...told } = facts
  const nowMs = clock()
  const count = async (sql: string, ...values: number[]) =>
    (await db.one<{ value: number | null }>(sql, ...values))?.value ?? 0
  const todayMs = nowMs - (nowMs % dayMs)
  return {
    ...told,
    upMs: nowMs - startedMs,
    isStopping: isStopping(),
    pins: await count(`SELECT count(*) AS value FROM pins WHERE status = 'pinned'`),
    waitingPins: await count(`SELECT count(*) AS value FROM pins WHERE status IN ('queued', 'pinning')`),
    pinnedBytes: await count('SELECT sum(bytes) AS value FROM usage'),
    storedBytes: await count('SELECT sum(bytes) AS value FROM blocks'),
    reservations: reservations(),
    messages: await count('SELECT count(*) AS value FROM inbox'),
    sponsor: hasSponsor
      ? {
          queued: await count(
            `SELECT count(*) AS value FROM acts WHERE status IN ('queued', 'collected', 'submitted')`,
          ),
          minedToday: await count(
            `SELECT count(*) AS value FROM acts WHERE status = 'mined' AND created_ms >= ?`,
            todayMs,
          ),
          failedToday: await count(
            `SELECT count(*) AS value FROM acts WHERE status = 'failed' AND created_ms >= ?`,
            todayMs,
          ),
        }
      : null,
    height: await head.read(),
    traffic: traffic.read(),
  }
}
