import { expect, test } from 'vitest'
import { accessRequestSchema } from './access-request.ts'
import { CarekeyError, fromErrorReply, refusals, toErrorReply } from './errors.ts'
import { isProviderMethod, providerMethods } from './provider.ts'

test('knows its six methods and no inherited name', () => {
  expect(Object.keys(providerMethods)).toHaveLength(6)
  for (const name of ['constructor', '__proto__', 'toString', 'care_everything', 7, null]) {
    expect(isProviderMethod(name)).toBe(false)
  }
})

test('an error crosses a border with its reason, code and data', () => {
  const error = new CarekeyError('grant-revoked', 'The patient has ended this access.', { data: { at: 5 } })
  const copy = fromErrorReply(toErrorReply(error))
  expect(copy.reason).toBe('grant-revoked')
  expect(copy.code).toBe(refusals['grant-revoked'].code)
  expect(copy.data).toEqual({ at: 5 })
})

test('an unexpected error crosses a border without its text', () => {
  expect(toErrorReply(new Error('secret'))).not.toHaveProperty('message', 'secret')
})

test('refuses a period that ends before it starts and a duration out of bounds', () => {
  const request = {
    organization: `0x${'1'.repeat(64)}`,
    patient: `0x${'2'.repeat(40)}`,
    categories: ['laboratory'],
    period: { start: '2026-01-01', end: '2026-02-01' },
    purpose: 'TREAT',
    durationSeconds: 86_400,
    reason: 'Your appointment',
    practitioner: '',
    nonce: `0x${'3'.repeat(64)}`,
    deadline: 1_800_000_000,
  }
  expect(accessRequestSchema.safeParse(request).success).toBe(true)
  const backwards = { ...request, period: { start: '2026-02-01', end: '2026-01-01' } }
  expect(accessRequestSchema.safeParse(backwards).success).toBe(false)
  expect(accessRequestSchema.safeParse({ ...request, durationSeconds: 1 }).success).toBe(false)
  expect(accessRequestSchema.safeParse({ ...request, extra: true }).success).toBe(false)
})
