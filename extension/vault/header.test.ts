import { expect, test } from 'vitest'
import { decodeHeader, encodeHeader } from './header.ts'
import { oldHeader } from './test-headers.ts'

test('every flipped character of a header shows', () => {
  const text = encodeHeader({ ...oldHeader, revision: 3 })
  expect(decodeHeader(text)).toEqual({ ...oldHeader, revision: 3 })
  for (let index = 0; index < text.length; index++) {
    const flipped = String.fromCharCode(text.charCodeAt(index) ^ 1)
    expect(decodeHeader(text.slice(0, index) + flipped + text.slice(index + 1))).toBeUndefined()
  }
})
