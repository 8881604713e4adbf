import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64, toBase64Url } from './base64.ts'

describe('base64', () => {
  it('is what every other implementation writes, whatever the length', () => {
    for (const length of [0, 1, 2, 3, 0x2000, 0x2001, 100_000]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 7 + length) % 256)
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    }
  })

  it('refuses what is none', () => {
    expect(() => fromBase64('no base64!')).toThrow()
  })

  it('has a form for addresses, without padding', () => {
    const bytes = Uint8Array.of(0xfb, 0xff, 0xfe, 0x01)
    expect(toBase64Url(toBase64(bytes))).toBe(Buffer.from(bytes).toString('base64url'))
  })
})
