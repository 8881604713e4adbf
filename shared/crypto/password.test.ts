import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { limits } from './limits.ts'
import { defaultStretch, unwrapDataKey, type WrappedKey, wrapDataKey } from './password.ts'
import frozen from './vectors/wrapped-key.json' with { type: 'json' }

const dataKey = globalThis.crypto.getRandomValues(new Uint8Array(32))
const passphrase = 'correct horse battery staple'
const floor = limits.stretchFloor
const wrapped = await wrapDataKey(dataKey, passphrase, floor)
const damaged = { reason: 'wrapped-key-invalid' }
const unsafe = { reason: 'wrapped-key-unsafe' }

/** What an attacker with the file would do: change it and put the checksum right again. */
function forged(change: Partial<WrappedKey>): WrappedKey {
  const key = { ...wrapped, ...change }
  const { version, kdf, memoryKib, iterations, parallelism, salt, commitment, nonce, ciphertext } = key
  const values = [version, kdf, memoryKib, iterations, parallelism, salt, commitment, nonce]
  const head = Buffer.from(`carekey/v1/wrapped-key ${JSON.stringify(values)}`)
  const sum = sha256(new Uint8Array(Buffer.concat([head, Buffer.from(ciphertext, 'base64')])))
  return { ...key, checksum: Buffer.from(sum).toString('base64') }
}

function flip(base64: string, bit: number): string {
  const bytes = Buffer.from(base64, 'base64')
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return bytes.toString('base64')
}

describe('a wrapped key', () => {
  test('opens by its passphrase, after a way through JSON', async () => {
    expect(await unwrapDataKey(JSON.parse(JSON.stringify(wrapped)), passphrase)).toEqual(dataKey)
  })

  test('is stretched by 64 MiB, three passes, four lanes unless told otherwise', async () => {
    const strong = await wrapDataKey(dataKey, passphrase)
    expect(strong).toMatchObject({
      version: 1,
      kdf: 'argon2id',
      memoryKib: 65_536,
      iterations: 3,
      parallelism: 4,
    })
    expect(strong).toMatchObject(defaultStretch)
    expect(await unwrapDataKey(strong, passphrase)).toEqual(dataKey)
  })

  test('never twice has the same salt, nonce or commitment', async () => {
    const again = await wrapDataKey(dataKey, passphrase, floor)
    for (const field of ['salt', 'nonce', 'commitment', 'ciphertext'] as const) {
      expect(again[field]).not.toBe(wrapped[field])
    }
  })

  test.each(['', 'Correct horse battery staple', `${passphrase} `])('does not open by %j', async (wrong) => {
    const reason = wrong === '' ? 'argument-invalid' : 'passphrase-wrong'
    await expect(unwrapDataKey(wrapped, wrong)).rejects.toMatchObject({ reason })
  })

  test('takes a passphrase in whichever code points the keyboard sent', async () => {
    const composed = await wrapDataKey(dataKey, 'Gr\u00fc\u00df dich', floor)
    expect(await unwrapDataKey(composed, 'Gru\u0308\u00df dich')).toEqual(dataKey)
  })

  test('frozen earlier opens', async () => {
    const opened = await unwrapDataKey(frozen.wrapped as WrappedKey, frozen.passphrase)
    expect(Buffer.from(opened).toString('hex')).toBe(frozen.dataKey)
  })

  test('of no passphrase, or for another length of key, is not made', async () => {
    await expect(wrapDataKey(dataKey, '', floor)).rejects.toMatchObject({ reason: 'argument-invalid' })
    await expect(wrapDataKey(dataKey.subarray(1), passphrase, floor)).rejects.toMatchObject({
      reason: 'argument-invalid',
    })
  })
})

describe('damage', () => {
  test.each(['salt', 'commitment', 'nonce', 'ciphertext', 'checksum'] as const)(
    'of the %s is told from a wrong passphrase',
    async (field) => {
      for (let bit = 0; bit < Buffer.from(wrapped[field], 'base64').length * 8; bit++) {
        const key = { ...wrapped, [field]: flip(wrapped[field], bit) }
        await expect(unwrapDataKey(key, passphrase)).rejects.toMatchObject(damaged)
      }
    },
  )

  test.each([
    ['nothing', null],
    ['a text', 'wrapped'],
    ['an empty object', {}],
    ['another version', { ...wrapped, version: 2 }],
    ['another stretching', { ...wrapped, kdf: 'pbkdf2' }],
    ['an unknown field', { ...wrapped, extra: 1 }],
    ['a number for the salt', { ...wrapped, salt: 7 }],
    ['a short salt', { ...wrapped, salt: 'AAAA' }],
    ['another alphabet', { ...wrapped, salt: wrapped.salt.replace(/.$/, '_') }],
    ['text parameters', { ...wrapped, memoryKib: '65536' }],
    ['raised parameters', { ...wrapped, iterations: 4 }],
  ])('by %s is refused before any work', async (_, key) => {
    const start = performance.now()
    await expect(unwrapDataKey(key as WrappedKey, passphrase)).rejects.toMatchObject(damaged)
    expect(performance.now() - start).toBeLessThan(20)
  })
})

describe('an attacker with the file', () => {
  test('cannot lower the stretching below the floor: 100 of 100 refused before any work', async () => {
    const start = performance.now()
    for (let run = 0; run < 100; run++) {
      const lower = [
        { memoryKib: Math.floor((run * floor.memoryKib) / 100) },
        { iterations: run % floor.iterations },
        { parallelism: 0 },
        { memoryKib: -run - 1 },
        { iterations: 1.5 },
      ][run % 5]
      await expect(unwrapDataKey(forged({ ...lower }), passphrase)).rejects.toMatchObject(unsafe)
    }
    expect(performance.now() - start).toBeLessThan(1_000)
  })

  test.each([
    { memoryKib: 16 * 1024 * 1024 },
    { memoryKib: Number.MAX_SAFE_INTEGER },
    { iterations: 1_000_000 },
    { parallelism: 1_000 },
  ])('cannot make us work or allocate without bound: %o', async (change) => {
    await expect(unwrapDataKey(forged(change), passphrase)).rejects.toMatchObject(unsafe)
    await expect(wrapDataKey(dataKey, passphrase, { ...floor, ...change })).rejects.toMatchObject(unsafe)
  })

  test('gains nothing by changing parameters within the range, salt or commitment', async () => {
    for (const change of [
      { memoryKib: floor.memoryKib + 1 },
      { iterations: floor.iterations + 1 },
      { parallelism: 2 },
      { salt: flip(wrapped.salt, 0) },
      { commitment: flip(wrapped.commitment, 0) },
    ]) {
      await expect(unwrapDataKey(forged(change), passphrase)).rejects.toMatchObject({
        reason: 'passphrase-wrong',
      })
    }
  })

  test('gains nothing by changing nonce or ciphertext', async () => {
    for (const change of [{ nonce: flip(wrapped.nonce, 0) }, { ciphertext: flip(wrapped.ciphertext, 0) }]) {
      await expect(unwrapDataKey(forged(change), passphrase)).rejects.toMatchObject(damaged)
    }
  })
})
