import {
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from 'age-encryption'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat } from './bytes.ts'
import { checkHeader, createHeader, headerLength, openHeader, splitHeader } from './header.ts'
import { limits } from './limits.ts'

const identity = await generateHybridIdentity()
const other = await generateHybridIdentity()
const recipient = await identityToRecipient(identity)
const classicalRecipient = await identityToRecipient(await generateX25519Identity())
const made = await createHeader([recipient])
const text = (value: string) => new TextEncoder().encode(value)
const invalid = { reason: 'header-invalid' }

describe('a header', () => {
  test('gives its file key to each recipient and to nobody else', async () => {
    const { header, fileKey } = await createHeader([recipient, await identityToRecipient(other)])
    expect(await openHeader(header, identity)).toEqual(fileKey)
    expect(await openHeader(header, other)).toEqual(fileKey)
    await expect(openHeader(header, await generateHybridIdentity())).rejects.toMatchObject({
      reason: 'no-match',
    })
  })

  test('has a fresh file key each time', async () => {
    expect((await createHeader([recipient])).fileKey).not.toEqual(made.fileKey)
  })

  test('names no recipient', () => {
    expect(new TextDecoder().decode(made.header)).not.toContain(recipient.slice(8, 40))
  })

  test('commits to one file key', async () => {
    await checkHeader(made.header, made.fileKey)
    for (let bit = 0; bit < 128; bit++) {
      const wrong = made.fileKey.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      await expect(checkHeader(made.header, wrong)).rejects.toMatchObject(invalid)
    }
  })

  test('of another program for a classical recipient opens too', async () => {
    const classical = await generateX25519Identity()
    const encrypter = new Encrypter()
    encrypter.addRecipient(await identityToRecipient(classical))
    const { header } = splitHeader(await encrypter.encrypt('hello'))
    await checkHeader(header, await openHeader(header, classical))
  })

  test('fits 40 recipients into its limit', async () => {
    const { header } = await createHeader(Array.from({ length: 40 }, () => recipient))
    expect(header.length).toBeLessThanOrEqual(limits.headerMaxBytes)
  })

  test.each([
    ['no recipient', []],
    ['a classical recipient', [classicalRecipient]],
    ['a recipient cut short', [recipient.slice(0, -1)]],
    ['a classical recipient beside a post-quantum one', [recipient, classicalRecipient]],
  ])('is not made for %s', async (_, recipients) => {
    await expect(createHeader(recipients)).rejects.toMatchObject({ reason: 'recipient-invalid' })
  })

  test.each([1, 100, 1600])('with a changed byte at %i is refused', async (offset) => {
    const bytes = made.header.slice()
    bytes[offset] = bytes[offset] === 65 ? 66 : 65
    await expect(checkHeader(bytes, made.fileKey)).rejects.toMatchObject(invalid)
  })

  test('is not opened by an identity of the wrong form', async () => {
    await expect(openHeader(made.header, 'AGE-SECRET-KEY-PQ-1QQ')).rejects.toMatchObject({
      reason: 'identity-invalid',
    })
    await expect(openHeader(made.header, '')).rejects.toMatchObject({ reason: 'identity-invalid' })
  })

  test('with anything after it is refused where a header alone is asked for', async () => {
    const longer = concat([made.header, text('x')])
    await expect(openHeader(longer, identity)).rejects.toMatchObject(invalid)
    await expect(checkHeader(longer, made.fileKey)).rejects.toMatchObject(invalid)
  })
})

describe('the end of a header', () => {
  test('is found whatever follows, and awaited while it has not come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(made.header.length - 1), (body, cut) => {
        const file = concat([made.header, body])
        expect(headerLength(file)).toBe(made.header.length)
        expect(headerLength(file.subarray(0, cut))).toBeUndefined()
        const split = splitHeader(file)
        expect(split.header).toEqual(made.header)
        expect(split.body).toEqual(body)
        expect(split.body.buffer).toBe(file.buffer)
      }),
    )
  })

  test.each([
    ['another version', text('age-encryption.org/v2\n')],
    ['the first wrong byte', text('b')],
    ['a line end of two characters', text('age-encryption.org/v1\r\n')],
    ['an endless MAC', text(`age-encryption.org/v1\n--- ${'A'.repeat(44)}`)],
    ['an endless line', text(`age-encryption.org/v1\n-> ${'A'.repeat(limits.headerMaxBytes)}`)],
    ['endless lines', text(`age-encryption.org/v1\n${'-> a\n\n'.repeat(limits.headerMaxBytes / 6)}`)],
  ])('is refused at once after %s', (_, bytes) => {
    expect(() => headerLength(bytes)).toThrow(expect.objectContaining(invalid))
  })

  test('has to be there to split a file', () => {
    expect(() => splitHeader(new Uint8Array(0))).toThrow(expect.objectContaining(invalid))
    expect(() => splitHeader(made.header.subarray(0, -1))).toThrow(expect.objectContaining(invalid))
  })
})
