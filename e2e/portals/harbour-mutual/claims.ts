import { type Bill, type Portal, readBills, sumMoney } from 'carekey/portal/server'
import type { Received } from './database.ts'

/** A bill as the billing office sees it: the hospital's own figures, and how far its record is to be trusted. */
export interface Claim {
  commitment: string
  title: string
  hospital: string
  date: string
  anchoredAt: number
  bill: Bill
  trust: Trust
}

/** What the ledger says of a bill now. */
export interface Trust {
  /** Whether those who check for this hospital have confirmed it; `unknown` while the ledger cannot be asked. */
  standing: 'confirmed' | 'pending' | 'rejected' | 'unknown'
  /** How many others checked it; 0 where its hospital names nobody who would. */
  checkedBy: number
  disputed: boolean
}

async function trustOf(portal: Portal, { author, commitment, subject }: Received): Promise<Trust> {
  try {
    const [standing, dispute] = await Promise.all([
      portal.standingOf({ author, commitment, subject }),
      portal.disputeOf(commitment, subject),
    ])
    const disputed = dispute?.status === 'open' || dispute?.status === 'upheld'
    return { standing: standing.status, checkedBy: standing.counts?.approvals ?? 0, disputed }
  } catch {
    return { standing: 'unknown', checkedBy: 0, disputed: false }
  }
}

/** What was received, read as bills. What cannot be read as one is counted, and its paper asked for. */
export async function claimsOf(
  portal: Portal,
  received: readonly Received[],
): Promise<{ claims: Claim[]; unreadable: number }> {
  const read = await Promise.all(received.map((one) => claimsIn(portal, one)))
  return { claims: read.flat(), unreadable: read.filter((claims) => claims.length === 0).length }
}

async function claimsIn(portal: Portal, received: Received): Promise<Claim[]> {
  const { commitment, title, hospital, date, anchoredAt, content, mediaType } = received
  const bills = readable(content, mediaType)
  if (bills.length === 0) return []
  const trust = await trustOf(portal, received)
  return bills.map((bill) => ({ commitment, title, hospital, date, anchoredAt, bill, trust }))
}

function readable(content: Uint8Array, mediaType: string): Bill[] {
  try {
    return readBills(content, mediaType)
  } catch {
    return []
  }
}

/** One sum a currency of each part; two currencies are never added. */
export const totalsOf = (claims: readonly Claim[]) => ({
  billed: sumMoney(claims.map(({ bill }) => bill.total)),
  ours: sumMoney(claims.map(({ bill }) => bill.insurerPart)),
  due: sumMoney(claims.map(({ bill }) => bill.due)),
})
