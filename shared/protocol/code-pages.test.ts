import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromCodePages, toCodePages } from './code-pages.ts'

it('survives being cut into pages, read in any order, and some of them twice', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 3_000 }), fc.infiniteStream(fc.nat()), (text, order) => {
      const pages = toCodePages(text)
      const keys = new Map(pages.map((page) => [page, order.next().value]))
      const shuffled = [...pages].sort((a, b) => Number(keys.get(a)) - Number(keys.get(b)))
      expect(fromCodePages([...shuffled, ...pages.slice(0, 1)])).toBe(text)
    }),
    { numRuns: 200 },
  )
})

const pages = toCodePages('a'.repeat(1_000))

it.each([
  ['a page that is missing', [pages[0], pages[2]], 'Of 3 codes, these are missing: 2.'],
  ['pages of two acts', [pages[0], toCodePages('b')[0]], 'different acts'],
  ['a page that was read wrongly', [pages[0]?.replace('aaa', 'aba'), pages[1], pages[2]], 'read wrongly'],
  ['another code', [pages[0], 'https://example.org'], 'not Carekey’s'],
])('refuses %s', (_, read, message) => {
  expect(() => fromCodePages(read as string[])).toThrow(message)
})
