import { afterEach, expect, test, vi } from 'vitest'

const key = Uint8Array.from({ length: 32 }, (_, index) => 0x80 + index)
const nonce = Uint8Array.from([7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47])
const plaintext = new TextEncoder().encode('Ladies and Gentlemen of the class of ’99')

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

test('where the platform has no ChaCha20-Poly1305, as in Firefox 153, noble does the same', async () => {
  const { platformCipher, webCipher } = await import('./chunk-cipher.ts')
  const sealed = await (await platformCipher(key)).seal(nonce, plaintext)

  vi.resetModules()
  const asked: string[] = []
  const subtle = {
    async importKey(format: string) {
      asked.push(format)
      throw new TypeError('Not an importable key format.')
    },
  }
  vi.stubGlobal('crypto', { subtle })
  const poorer = await import('./chunk-cipher.ts')
  const cipher = await poorer.platformCipher(key)
  expect(await cipher.seal(nonce, plaintext)).toEqual(sealed)
  expect(await cipher.open(nonce, sealed)).toEqual(plaintext)
  await poorer.platformCipher(key)
  expect(asked).toEqual(['raw-secret'])
  await expect(webCipher(key)).rejects.toThrow(TypeError)
})

test('both ciphers give the same bytes and refuse a changed one', async () => {
  const { nobleCipher, webCipher } = await import('./chunk-cipher.ts')
  const [web, noble] = [await webCipher(key), await nobleCipher(key)]
  const sealed = await web.seal(nonce, plaintext)
  expect(await noble.seal(nonce, plaintext)).toEqual(sealed)
  for (const cipher of [web, noble]) {
    expect(await cipher.open(nonce, sealed)).toEqual(plaintext)
    for (const offset of [0, sealed.length - 1]) {
      const changed = sealed.map((byte, index) => (index === offset ? byte ^ 1 : byte))
      await expect(cipher.open(nonce, changed)).rejects.toThrow()
    }
  }
})
