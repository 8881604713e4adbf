import { expect, it } from 'vitest'
import { purposes } from './purposes.ts'
import { mayRequest, maySign, roles } from './roles.ts'

it('lets each role ask for its purposes alone', () => {
  const table = roles.map((role) => [
    role,
    Object.keys(purposes).filter((purpose) => mayRequest(role, purpose as keyof typeof purposes)),
  ])
  expect(Object.fromEntries(table)).toEqual({
    physician: ['TREAT', 'ETREAT', 'HRESCH', 'HOPERAT', 'PATRQT'],
    nurse: ['TREAT', 'ETREAT', 'PATRQT'],
    pharmacist: ['TREAT', 'PATRQT'],
    emergency: ['TREAT', 'ETREAT'],
    administration: ['HPAYMT', 'HOPERAT', 'PATRQT'],
  })
})

it('leaves bills to administration and care to those who treat', () => {
  expect(roles.filter((role) => maySign(role, 'billing'))).toEqual(['administration'])
  expect(roles.filter((role) => maySign(role, 'laboratory'))).toEqual([
    'physician',
    'nurse',
    'pharmacist',
    'emergency',
  ])
})
