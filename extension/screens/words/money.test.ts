import { describe, expect, it } from 'vitest'
import { currencyInWords, moneyInWords } from './money.ts'

describe('moneyInWords', () => {
  it('writes an amount as the reader’s English does', () => {
    expect(moneyInWords({ minor: 126_552, currency: 'USD' }, 'en-US')).toBe('$1,265.52')
    expect(moneyInWords({ minor: 126_552, currency: 'USD' }, 'en-GB')).toBe('US$1,265.52')
    expect(moneyInWords({ minor: -5, currency: 'EUR' }, 'en-GB')).toBe('-€0.05')
    expect(moneyInWords({ minor: 1_200, currency: 'JPY' }, 'en-GB')).toBe('JP¥1,200')
  })

  it('is exact where a floating point number would not be', () => {
    expect(moneyInWords({ minor: 9_007_199_254_740_991, currency: 'EUR' }, 'en-GB')).toBe(
      '€90,071,992,547,409.91',
    )
  })
})

describe('currencyInWords', () => {
  it('names the currency', () => {
    expect(currencyInWords('USD', 'en-GB')).toBe('US dollars')
    expect(currencyInWords('EUR', 'en-GB')).toBe('euros')
  })
})
