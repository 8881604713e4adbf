import { at, numberOf, textOf } from './json.ts'

/** An amount in whole minor units (cents, pence, yen): sums are exact. Never add amounts of two currencies. */
export interface Money {
  /** A safe integer. */
  minor: number
  /** ISO 4217, three capitals. */
  currency: string
}

const currencyForm = /^[A-Z]{3}$/
// What JavaScript writes for a number: sign, digits, fraction, exponent.
const numberForm = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/
/** Nobody's bill has more; it bounds the zeros that an exponent may stand for. */
const exponentMax = 30
/** Ten thousand million dollars: more is a mistake, and with this bound thousands of amounts add up exactly. */
const minorMax = 10 ** 12

const digits = new Map<string, number>()

/** How many decimals a currency's amounts have, by the platform's own table (CLDR). */
export function minorDigitsOf(currency: string): number {
  const known = digits.get(currency)
  if (known !== undefined) return known
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const found = format.resolvedOptions().maximumFractionDigits ?? 2
  digits.set(currency, found)
  return found
}

/**
 * A FHIR Money as its author gave it; finer fractions than the currency has (billing systems send 112.41600000000001)
 * are rounded half away from zero, on the decimal digits. Undefined without a value or a currency.
 */
export function moneyFrom(money: unknown): Money | undefined {
  const value = numberOf(at(money, 'value'))
  const currency = textOf(at(money, 'currency'), 3)
  if (value === undefined || currency === undefined || !currencyForm.test(currency)) return undefined
  const minor = minorUnits(value, minorDigitsOf(currency))
  return minor === undefined ? undefined : { minor, currency }
}

function minorUnits(value: number, decimals: number): number | undefined {
  // The shortest text that reads back as this number: what the author wrote, up to 15 digits.
  const match = numberForm.exec(String(value))
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent) + decimals
  if (Math.abs(shift) > exponentMax) return Math.abs(value) < 1 ? 0 : undefined
  const all = `${whole}${fraction}`
  // Where the point stands after it moved; at most zeros are added on either side.
  const point = whole.length + shift
  const padded = all.padStart(all.length + Math.max(0, 1 - point), '0').padEnd(Math.max(0, point), '0')
  const cut = Math.max(point, 1)
  const kept = BigInt(padded.slice(0, cut))
  const rounded = kept + ((padded[cut] ?? '0') >= '5' ? 1n : 0n)
  const minor = Number(sign === '-' ? -rounded : rounded)
  // `+ 0`: no minus before nothing.
  return Math.abs(minor) <= minorMax ? minor + 0 : undefined
}

/** "1234.50", exactly. */
export function decimalText({ minor, currency }: Money): `${number}` {
  const decimals = minorDigitsOf(currency)
  const sign = minor < 0 ? '-' : ''
  const text = String(Math.abs(minor)).padStart(decimals + 1, '0')
  const whole = text.slice(0, text.length - decimals)
  return `${sign}${whole}${decimals > 0 ? `.${text.slice(-decimals)}` : ''}` as `${number}`
}

/** One sum a currency, in the order of the currencies' codes. Throws RangeError where a sum is no safe integer. */
export function sums(amounts: Iterable<Money | undefined>): Money[] {
  const totals = new Map<string, bigint>()
  for (const amount of amounts) {
    if (!amount) continue
    totals.set(amount.currency, (totals.get(amount.currency) ?? 0n) + BigInt(amount.minor))
  }
  return [...totals]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([currency, total]) => {
      const minor = Number(total)
      if (!Number.isSafeInteger(minor)) throw new RangeError('A sum of money is too large to be exact.')
      return { minor, currency }
    })
}

/** What is left of a total; undefined where the two are of different currencies. Never below zero. */
export function remaining(total: Money | undefined, paid: Money | undefined): Money | undefined {
  if (!total || !paid) return total
  if (total.currency !== paid.currency) return undefined
  return { minor: Math.max(0, total.minor - paid.minor), currency: total.currency }
}
