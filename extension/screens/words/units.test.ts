import { expect, it } from 'vitest'
import { inOwnUnit } from './units.ts'

it.each([
  ['84.46', 'kg', 'en-US', '186 lb'],
  ['174', 'cm', 'en-US', '68.5 in'],
  ['37', 'Cel', 'en-US', '98.6 °F'],
  ['186', '[lb_av]', 'en-GB', '84.4 kg'],
  ['98.6', '°F', 'en-GB', '37.0 °C'],
  ['13.2', 'g/dL', 'en-GB', '132 g/L'],
])('says %s %s to a reader of %s as %s', (value, unit, locale, words) => {
  expect(inOwnUnit(value, unit, locale)).toBe(words)
})

it.each([
  ['84.46', 'kg', 'en-GB'],
  ['5.1', 'mmol/L', 'en-US'],
  ['120/80', 'mm[Hg]', 'en-US'],
  ['traces', 'kg', 'en-US'],
  ['7', undefined, 'en-US'],
])('leaves %s %s to a reader of %s', (value, unit, locale) => {
  expect(inOwnUnit(value, unit, locale)).toBeNull()
})
