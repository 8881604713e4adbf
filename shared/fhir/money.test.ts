import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalText, moneyFrom, remaining, sums } from './money.ts'

const usd = (value: number) => moneyFrom({ value, currency: 'USD' })

describe('moneyFrom', () => {
  it.each([
    [265.52, 26_552],
    [40, 4_000],
    [0, 0],
    [-12.5, -1_250],
    [0.1, 10],
    [1.005, 101],
    [112.41600000000001, 11_242],
    [28.104000000000003, 2_810],
    [1e-7, 0],
    [0.005, 1],
    [-0.005, -1],
    [1e10, 1_000_000_000_000],
  ])('reads %d as whole cents', (value, minor) => {
    expect(usd(value)).toEqual({ minor, currency: 'USD' })
  })

  it('knows how many decimals a currency has', () => {
    expect(moneyFrom({ value: 1_200, currency: 'JPY' })).toEqual({ minor: 1_200, currency: 'JPY' })
    expect(moneyFrom({ value: 1.2345, currency: 'KWD' })).toEqual({ minor: 1_235, currency: 'KWD' })
  })

  it.each([
    {},
    { value: 3 },
    { value: '3', currency: 'USD' },
    { value: Number.NaN, currency: 'USD' },
    { value: 3, currency: 'usd' },
    { value: 3, currency: 'US' },
    { value: 1e300, currency: 'USD' },
    { value: 1e10 + 1, currency: 'USD' },
    null,
  ])('finds no amount in %j', (money) => {
    expect(moneyFrom(money)).toBeUndefined()
  })

  it('gives back every amount of whole cents that a system can write', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (minor) => {
        const text = decimalText({ minor, currency: 'EUR' })
        expect(moneyFrom({ value: Number(text), currency: 'EUR' })).toEqual({ minor, currency: 'EUR' })
      }),
    )
  })
})

describe('sums', () => {
  it('adds cents exactly, and never across currencies', () => {
    const amounts = [usd(0.1), usd(0.2), moneyFrom({ value: 48, currency: 'EUR' }), undefined]
    expect(sums(amounts)).toEqual([
      { minor: 4_800, currency: 'EUR' },
      { minor: 30, currency: 'USD' },
    ])
  })

  it('refuses a sum that would not be exact', () => {
    const much = { minor: Number.MAX_SAFE_INTEGER, currency: 'USD' }
    expect(() => sums([much, much])).toThrow(RangeError)
  })
})

describe('remaining', () => {
  it('takes what was paid from the total', () => {
    expect(remaining(usd(265.52), usd(112.416))).toEqual({ minor: 15_310, currency: 'USD' })
    expect(remaining(usd(10), undefined)).toEqual(usd(10))
    expect(remaining(usd(10), usd(12))).toEqual(usd(0))
  })

  it('says nothing where the currencies differ', () => {
    expect(remaining(usd(10), moneyFrom({ value: 5, currency: 'EUR' }))).toBeUndefined()
  })
})

describe('decimalText', () => {
  it.each([
    [{ minor: 5, currency: 'USD' }, '0.05'],
    [{ minor: -1_250, currency: 'USD' }, '-12.50'],
    [{ minor: 1_200, currency: 'JPY' }, '1200'],
    [{ minor: 1_235, currency: 'KWD' }, '1.235'],
  ])('writes %j', (money, text) => {
    expect(decimalText(money)).toBe(text)
  })
})
