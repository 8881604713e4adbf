import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBytes } from './canonical.ts'
import { commitmentOf, decodeStatement, encodeStatement, statementSchema } from './statement.ts'

const hash = (digit: string) => `0x${digit.repeat(64)}`
const example = statementSchema.parse({
  version: 1,
  subject: `0x${'ab'.repeat(20)}`,
  author: hash('1'),
  title: 'Lipid panel',
  category: 'laboratory',
  mediaType: 'application/fhir+json',
  period: { start: '2026-11-01', end: '2026-11-01' },
  issuedAt: '2026-11-02T09:30:00Z',
  contentHash: hash('2'),
  contentBytes: 18_231,
  previous: null,
  salt: hash('3'),
})

test('a statement survives encoding and decoding', () => {
  expect(decodeStatement(encodeStatement(example))).toEqual(example)
})

test('the commitment of a fixed statement is frozen', () => {
  expect(commitmentOf(encodeStatement(example))).toMatchInlineSnapshot(
    `"0x22f22a6a778f6019a88df99d395101f53f5d44c9160b0b3953b67268ab4e8cc9"`,
  )
})

test('the commitment changes with the salt', () => {
  const other = encodeStatement({ ...example, salt: `0x${'4'.repeat(64)}` })
  expect(commitmentOf(other)).not.toBe(commitmentOf(encodeStatement(example)))
})

test('refuses a statement in any other than its canonical form', () => {
  const spaced = new TextEncoder().encode(JSON.stringify(example, null, 1))
  expect(() => decodeStatement(spaced)).toThrow('The record’s statement cannot be read.')
})

test('refuses an unknown field', () => {
  expect(() => decodeStatement(canonicalBytes({ ...example, extra: 1 }))).toThrow('cannot be read')
})

test('refuses any single flipped bit or yields another commitment', () => {
  const bytes = encodeStatement(example)
  const commitment = commitmentOf(bytes)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 7 }), (at, bit) => {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
      expect(commitmentOf(damaged)).not.toBe(commitment)
    }),
    { numRuns: 500 },
  )
})
