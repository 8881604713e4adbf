import { type Bill, readBills, sumMoney } from 'carekey/portal/server'
import type { Received } from './database.ts'

/** A bill as the billing office sees it: the hospital's own figures, and how far its record is to be trusted. */
export interface Claim {
  commitment: string
  title: string
  hospital: string
  date: string
  anchoredAt: number
  bill: Bill
}

/** What was received, read as bills. What cannot be read as one is left out, and its paper asked for. */
export function claimsOf(received: readonly Received[]): { claims: Claim[]; unreadable: number } {
  let unreadable = 0
  const claims = received.flatMap(({ commitment, title, hospital, date, anchoredAt, content, mediaType }) => {
    try {
      const bills = readBills(content, mediaType)
      if (bills.length === 0) unreadable += 1
      return bills.map((bill) => ({ commitment, title, hospital, date, anchoredAt, bill }))
    } catch {
      unreadable += 1
      return []
    }
  })
  return { claims, unreadable }
}

/** One sum a currency of each part; two currencies are never added. */
export const totalsOf = (claims: readonly Claim[]) => ({
  billed: sumMoney(claims.map(({ bill }) => bill.total)),
  ours: sumMoney(claims.map(({ bill }) => bill.insurerPart)),
  due: sumMoney(claims.map(({ bill }) => bill.due)),
})
