import { type Money, remaining, sums } from '../../../shared/fhir/money.ts'
import type { BillView } from '../../snapshots.ts'
import { listInWords } from '../words/sentences.ts'

/** What one month's bills come to, in one currency. */
export interface BillMonth {
  /** `YYYY-MM` */
  month: string
  insurer: Money
  own: Money
}

/** All bills in one currency: amounts of two currencies are never added. */
export interface BillHistory {
  currency: string
  billed: Money
  insurer: Money
  own: Money
  /** Not yet settled, as far as the bills say; disputed ones are in it. */
  due: Money
  /** From the first month with a bill to the last, none left out. */
  months: BillMonth[]
}

const linesNamedAtMost = 2

/** "Encounter for check up and 2 more" */
export function servicesInWords({ lines }: BillView['bill']): string {
  const names = [...new Set(lines.map(({ label }) => label))]
  if (names.length <= linesNamedAtMost + 1) return listInWords(names)
  const more = names.length - linesNamedAtMost
  return listInWords([...names.slice(0, linesNamedAtMost), `${more} more`])
}

/** The patient's own part of a bill, paid or not; undefined where the bill mixes currencies. */
export const ownPart = ({ total, insurerPart }: BillView['bill']): Money | undefined =>
  remaining(total, insurerPart)

const monthOf = ({ bill, record }: BillView): string => (bill.date ?? record.period.end).slice(0, 7)

/** One history a currency, in the order of the currencies' codes. */
export function histories(bills: readonly BillView[]): BillHistory[] {
  const billed = sums(bills.map(({ bill }) => bill.total))
  return billed.map((total) => {
    const { currency } = total
    const sum = (of: readonly BillView[], part: (bill: BillView['bill']) => Money | undefined): Money =>
      sums(of.map(({ bill }) => part(bill))).find((one) => one.currency === currency) ?? {
        minor: 0,
        currency,
      }
    const insurerPart = ({ insurerPart: part }: BillView['bill']) => part
    const inCurrency = bills.filter(({ bill }) => bill.total?.currency === currency)
    return {
      currency,
      billed: total,
      insurer: sum(bills, insurerPart),
      own: sum(bills, ownPart),
      due: sum(bills, ({ due }) => due),
      months: monthsBetween(inCurrency.map(monthOf)).map((month) => {
        const ofMonth = inCurrency.filter((view) => monthOf(view) === month)
        return { month, insurer: sum(ofMonth, insurerPart), own: sum(ofMonth, ownPart) }
      }),
    }
  })
}

const monthsShownAtMost = 24

/** Every month from the first to the last, the newest two years of them. */
function monthsBetween(months: readonly string[]): string[] {
  const sorted = months.filter((month) => /^\d{4}-\d{2}$/.test(month)).sort()
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (!first || !last) return []
  const index = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1
  const from = Math.max(index(first), index(last) - monthsShownAtMost + 1)
  return Array.from({ length: index(last) - from + 1 }, (_, at) => {
    const month = from + at
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
  })
}
