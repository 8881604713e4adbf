import { describe, expect, it } from 'vitest'
import { relayLimits } from '../limits.ts'
import { subnet } from './address.ts'
import { Rates } from './rate.ts'

const { burst, perSecond } = relayLimits.rates.ipns

describe('rates', () => {
  it('let a burst pass, then so many a second', () => {
    let nowMs = 0
    const rates = new Rates(() => nowMs)
    for (let count = 0; count < burst; count += 1) rates.take('ipns', 'a')
    expect(() => rates.take('ipns', 'a')).toThrow(expect.objectContaining({ reason: 'rate-limited' }))
    rates.take('ipns', 'b')
    rates.take('inbox', 'a')
    nowMs += 1_000
    for (let count = 0; count < perSecond; count += 1) rates.take('ipns', 'a')
    expect(() => rates.take('ipns', 'a')).toThrow()
  })

  it('count bytes as well as requests, over all accounts of an address', () => {
    const rates = new Rates(() => 0)
    const { burst: bytes } = relayLimits.rates.unvouchedBytes
    rates.take('unvouchedBytes', 'a', bytes - 1)
    rates.take('unvouchedBytes', 'a', 1)
    expect(() => rates.take('unvouchedBytes', 'a', 1)).toThrow(
      expect.objectContaining({ reason: 'rate-limited' }),
    )
  })

  it('remember a bounded number of keys', () => {
    const rates = new Rates(() => 0)
    for (let key = 0; key < relayLimits.ratesRemembered + 100; key += 1) rates.take('request', String(key))
    expect(rates.size).toBe(relayLimits.ratesRemembered)
  })
})

describe('addresses', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s', (address, counted) => {
    expect(subnet(address)).toBe(counted)
  })
})
