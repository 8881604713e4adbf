import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { commitmentOf, contentHashOf, randomSalt } from './commit.ts'

test('a commitment is keccak256, as Ethereum has it', () => {
  expect(commitmentOf(new Uint8Array(0))).toBe(
    '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  )
  expect(commitmentOf(new TextEncoder().encode('testing'))).toBe(
    '0x5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02',
  )
})

test('a content hash is SHA-256', async () => {
  const content = new Uint8Array(100_000).fill(5)
  expect(await contentHashOf(content)).toBe(`0x${createHash('sha256').update(content).digest('hex')}`)
  const shared = new Uint8Array(new SharedArrayBuffer(100_000)).fill(5)
  expect(await contentHashOf(shared)).toBe(await contentHashOf(content))
})

test('salts have 32 bytes and never repeat', () => {
  const salts = Array.from({ length: 1_000 }, randomSalt)
  expect(new Set(salts).size).toBe(1_000)
  for (const salt of salts) expect(salt).toMatch(/^0x[0-9a-f]{64}$/)
})
