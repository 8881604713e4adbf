import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importDataKey, openItem, sealItem } from './item.ts'
import frozen from './vectors/item.json' with { type: 'json' }

const dataKey = globalThis.crypto.getRandomValues(new Uint8Array(32))
const invalid = { reason: 'item-invalid' }
const plaintext = new TextEncoder().encode('an item of the vault')

describe('an item', () => {
  test('comes back under its own name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.uint8Array(), async (name, bytes) => {
        expect(await openItem(dataKey, name, await sealItem(dataKey, name, bytes))).toEqual(bytes)
      }),
    )
  })

  test('comes back by a key held by the platform, which cannot be read out', async () => {
    const key = await importDataKey(dataKey)
    expect(key.extractable).toBe(false)
    expect(await openItem(dataKey, 'index', await sealItem(key, 'index', plaintext))).toEqual(plaintext)
    expect(await openItem(key, 'index', await sealItem(dataKey, 'index', plaintext))).toEqual(plaintext)
  })

  test('opens under no other name and no other key', async () => {
    const bytes = await sealItem(dataKey, 'index', plaintext)
    for (const name of ['', 'Index', 'index ', 'indey', 'grants']) {
      await expect(openItem(dataKey, name, bytes)).rejects.toMatchObject(invalid)
    }
    await expect(openItem(new Uint8Array(32), 'index', bytes)).rejects.toMatchObject(invalid)
  })

  test('with any bit flipped, or cut anywhere, is refused', async () => {
    const bytes = await sealItem(dataKey, 'index', plaintext)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      await expect(openItem(dataKey, 'index', flipped)).rejects.toMatchObject(invalid)
    }
    for (let length = 0; length < bytes.length; length++) {
      await expect(openItem(dataKey, 'index', bytes.subarray(0, length))).rejects.toMatchObject(invalid)
    }
  })

  test('sealed twice is different each time', async () => {
    expect(await sealItem(dataKey, 'index', plaintext)).not.toEqual(
      await sealItem(dataKey, 'index', plaintext),
    )
  })

  test('frozen earlier opens', async () => {
    const key = new Uint8Array(Buffer.from(frozen.dataKey, 'hex'))
    const opened = await openItem(key, frozen.name, new Uint8Array(Buffer.from(frozen.bytes, 'base64')))
    expect(new TextDecoder().decode(opened)).toBe(frozen.plaintext)
  })
})

test('a data key of another length is refused', async () => {
  await expect(sealItem(new Uint8Array(16), 'index', plaintext)).rejects.toMatchObject({
    reason: 'argument-invalid',
  })
})
