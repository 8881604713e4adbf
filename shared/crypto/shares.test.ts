import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recipientOf, storageIdentity } from './derive.ts'
import { createHeader } from './header.ts'
import { seedOf } from './mnemonic.ts'
import { openWithFileKey, sealWithFileKey } from './seal.ts'
import { combineFileKey, shareBytes, splitFileKey } from './shares.ts'
import vectors from './vectors/derive.json' with { type: 'json' }
import shareVectors from './vectors/shares.json' with { type: 'json' }

const key = fc.uint8Array({ minLength: 16, maxLength: 16 })
const terms = fc
  .integer({ min: 2, max: 16 })
  .chain((shares) => fc.tuple(fc.constant(shares), fc.integer({ min: 2, max: shares })))

test('any threshold of the shares gives the key again, in any order', async () => {
  await fc.assert(
    fc.asyncProperty(key, terms, fc.nat(), async (fileKey, [count, threshold], shift) => {
      const shares = await splitFileKey(fileKey, count, threshold)
      expect(shares.map((share) => share.length)).toEqual(shares.map(() => shareBytes))
      const turned = shares.map((_, index) => shares[(index + shift) % count] as Uint8Array)
      expect(await combineFileKey(turned.slice(0, threshold))).toEqual(new Uint8Array(fileKey))
    }),
    { numRuns: 50 },
  )
})

test('one share fewer, and the file stays shut', async () => {
  const header = await createHeader([await recipientOf(storageIdentity(seedOf(vectors.phrase)))])
  const { fileKey } = header
  const shares = await splitFileKey(fileKey, 5, 3)
  const file = await sealWithFileKey({ ...header, fileKey: fileKey.slice() }, new Uint8Array([1, 2, 3]))
  const few = await combineFileKey(shares.slice(0, 2))
  await expect(openWithFileKey(few, file)).rejects.toMatchObject({ reason: 'header-invalid' })
  const enough = await combineFileKey(shares.slice(1, 4))
  expect(await openWithFileKey(enough, file)).toEqual(new Uint8Array([1, 2, 3]))
})

test('the frozen shares give the frozen key', async () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
  for (const pair of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const shares = pair.map((index) => bytes(shareVectors.shares[index] ?? ''))
    expect(Buffer.from(await combineFileKey(shares)).toString('hex')).toBe(shareVectors.fileKey)
  }
})

test('no key is split so that one holder is enough', async () => {
  const fileKey = new Uint8Array(16)
  for (const [count, threshold] of [
    [3, 1],
    [1, 1],
    [2, 3],
  ] as const) {
    await expect(splitFileKey(fileKey, count, threshold)).rejects.toMatchObject({
      reason: 'argument-invalid',
    })
  }
})

test('one share, the same share twice, or a share of another length is refused', async () => {
  const [one, two] = await splitFileKey(new Uint8Array(16).fill(7), 3, 2)
  if (!one || !two) throw new Error('no shares')
  for (const shares of [[], [one], [one, one], [one, two.subarray(1)]]) {
    await expect(combineFileKey(shares)).rejects.toMatchObject({ reason: 'argument-invalid' })
  }
})
