import type { Clock } from './clock.ts'
import type { Routes } from './http/router.ts'
import type { Ledger } from './ledger/ledger.ts'
import { relayLimits } from './limits.ts'
import type { Database } from './storage/database.ts'

export interface Readiness {
  db: Database
  ledger: Ledger
  clock: Clock
}

/** Whether the relay can do all of its work now, for whoever sends it traffic. */
export function readyRoutes({ db, ledger, clock }: Readiness): Routes {
  let kept = { askedAtMs: Number.NEGATIVE_INFINITY, answer: Promise.resolve(false) }

  function isLedgerThere(): Promise<boolean> {
    const nowMs = clock()
    if (Math.abs(nowMs - kept.askedAtMs) >= relayLimits.readyKeptMs) {
      kept = { askedAtMs: nowMs, answer: answersInTime(ledger) }
    }
    return kept.answer
  }

  return {
    'GET /ready': async () => {
      const state = { database: await isDatabaseThere(db), ledger: await isLedgerThere() }
      const isReady = state.database && state.ledger
      const json = { status: isReady ? 'ready' : 'not-ready', ...state }
      return { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' }, json }
    },
  }
}

async function isDatabaseThere(db: Database): Promise<boolean> {
  try {
    await db.one('SELECT 1 FROM meta LIMIT 1')
    return true
  } catch {
    return false
  }
}

async function answersInTime(ledger: Ledger): Promise<boolean> {
  const tooLate = new Promise<false>((resolve) => {
    setTimeout(() => resolve(false), relayLimits.readyTimeoutMs).unref()
  })
  const answered = ledger.now().then(
    () => true,
    () => false,
  )
  return Promise.race([answered, tooLate])
}
