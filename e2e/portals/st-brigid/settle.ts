import type { DatabaseSync } from 'node:sqlite'
import type { Portal } from 'carekey/portal/server'
import { listPending, moveToMain } from './records.ts'

/** Moves whatever the ledger calls confirmed out of the waiting table, and claims what it earned; the rest stays where it is. */
async function settlePending(database: DatabaseSync, portal: Portal): Promise<void> {
  await portal.collectAppraisals()
  for (const { commitment, pseudonym } of listPending(database)) {
    const migration = await portal.mayMigrate(commitment, pseudonym)
    if (!migration.allowed) continue
    await claim(portal, commitment, pseudonym)
    moveToMain(database, commitment)
  }
}

/** What the patient alone has confirmed, or disputes, earns nothing: that keeps no record back. */
async function claim(portal: Portal, commitment: string, pseudonym: string): Promise<void> {
  try {
    await portal.claimCredit(commitment, pseudonym)
  } catch (error) {
    if ((error as { reason?: string }).reason !== 'credit-refused') throw error
  }
}

/** Names the hospitals that check our records, once; then settles again and again until told to stop. */
export function keepSettling(
  database: DatabaseSync,
  portal: Portal,
  { supporters, everyMs }: { supporters: readonly string[]; everyMs: number },
): () => Promise<void> {
  let isNamed = false
  let silent = false
  let working: Promise<unknown> = Promise.resolve()
  const round = async () => {
    if (!isNamed) await portal.nameSupporters(supporters)
    isNamed = true
    await settlePending(database, portal)
  }
  const turn = () => {
    working = working.then(round).then(
      () => {
        silent = false
      },
      (error: unknown) => {
        // One line a break, not one a second.
        if (!silent) console.error('Pending records wait:', error)
        silent = true
      },
    )
  }
  turn()
  const timer = setInterval(turn, everyMs)
  return async () => {
    clearInterval(timer)
    await working
  }
}
