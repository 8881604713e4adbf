import { decimalText, type Money } from '../../../shared/fhir/money.ts'
import { readerLocale } from './time.ts'

/** "US$265.52" in the reader's own English; exact, whatever the amount. */
export const moneyInWords = (money: Money, locale: string = readerLocale()): string =>
  new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(decimalText(money))

/** "US dollars" */
export const currencyInWords = (currency: string, locale: string = readerLocale()): string =>
  new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'name' })
    .formatToParts(2)
    .find(({ type }) => type === 'currency')?.value ?? currency
