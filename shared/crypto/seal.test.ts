import { Decrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from './bytes.ts'
import { createHeader, splitHeader } from './header.ts'
import { open, openWithFileKey, seal, sealWithFileKey } from './seal.ts'
import frozen from './vectors/age-file.json' with { type: 'json' }

const identity = await generateHybridIdentity()
const recipient = await identityToRecipient(identity)

test('what is sealed opens, for us and for typage', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (plaintext) => {
      const file = await seal([recipient], plaintext)
      expect(await open(identity, file)).toEqual(plaintext)
      const decrypter = new Decrypter()
      decrypter.addIdentity(identity)
      expect(new Uint8Array(await decrypter.decrypt(file))).toEqual(plaintext)
    }),
    { numRuns: 20 },
  )
})

test('whoever was handed a header and its file key seals and opens with them', async () => {
  const header = await createHeader([recipient])
  const pieces = [new Uint8Array(70_000).fill(1), new Uint8Array(0), new Uint8Array(70_000).fill(2)]
  const file = await sealWithFileKey(header, pieces)
  expect(Buffer.compare(await openWithFileKey(header.fileKey, file), concat(pieces))).toBe(0)
  expect(Buffer.compare(await open(identity, file), concat(pieces))).toBe(0)
})

test('one plaintext sealed twice gives different bytes of one length', async () => {
  const plaintext = new Uint8Array(100)
  const [one, two] = [await seal([recipient], plaintext), await seal([recipient], plaintext)]
  expect(one).not.toEqual(two)
  expect(one).toHaveLength(two.length)
})

test('a payload under a header that commits to another file key is refused', async () => {
  const [one, two] = [await createHeader([recipient]), await createHeader([recipient])]
  const file = await sealWithFileKey({ header: one.header, fileKey: two.fileKey }, new Uint8Array(100))
  await expect(openWithFileKey(two.fileKey, file)).rejects.toMatchObject({ reason: 'header-invalid' })
  await expect(openWithFileKey(one.fileKey, file)).rejects.toMatchObject({ reason: 'payload-invalid' })
  await expect(open(identity, file)).rejects.toMatchObject({ reason: 'payload-invalid' })
})

test('the frozen file opens', async () => {
  const file = new Uint8Array(Buffer.from(frozen.file, 'base64'))
  expect(new TextDecoder().decode(await open(frozen.identity, file))).toBe(frozen.plaintext)
  const fileKey = new Uint8Array(Buffer.from(frozen.fileKey, 'hex'))
  expect(new TextDecoder().decode(await openWithFileKey(fileKey, file))).toBe(frozen.plaintext)
  expect(await identityToRecipient(frozen.identity)).toBe(frozen.recipient)
  expect(splitHeader(file).header.length).toBe(frozen.headerLength)
})
