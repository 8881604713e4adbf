import type { Routes } from './http/router.ts'
import type { Head } from './ledger/head.ts'
import type { Database } from './storage/database.ts'

export interface Readiness {
  db: Database
  head: Head
  isStopping: () => boolean
}

/** Whether the relay can do all of its work now, for whoever sends it traffic. */
export function readyRoutes({ db, head, isStopping }: Readiness): Routes {
  return {
    'GET /ready': async () => {
      const state = { database: await isDatabaseThere(db), ledger: (await head.read()) !== null }
      const isReady = state.database && state.ledger && !isStopping()
      const json = { status: isStopping() ? 'stopping' : isReady ? 'ready' : 'not-ready', ...state }
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
