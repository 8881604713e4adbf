import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unwrapDataKey } from '../../shared/crypto/password.ts'
import { createCopies, type NextHeader } from './copies.ts'
import { encodeHeader, type VaultHeader } from './header.ts'
import type { Place } from './places.ts'
import { type Damage, damageDatabase, damageLocal, full, mortal } from './test-damage.ts'
import { dataKey, freshPlaces, headersIn, newHeader, newPassphrase, oldHeader } from './test-headers.ts'
import { passphrase } from './test-vault.ts'

test('the two headers of these tests open with their passphrases', async () => {
  expect(await unwrapDataKey(oldHeader.wrapped, passphrase)).toEqual(dataKey)
  expect(await unwrapDataKey(newHeader.wrapped, newPassphrase)).toEqual(dataKey)
})

test('writes both copies, and a reader gets the newest', async () => {
  const { places } = freshPlaces()
  const copies = createCopies(places)
  expect(await copies.read()).toBeUndefined()
  await copies.write(oldHeader)
  const written = await copies.write(newHeader)
  expect(written).toEqual({ ...newHeader, revision: 2 })
  expect(await headersIn(places)).toEqual([written, written])
})

const moments = fc.constantFrom('before', 'torn', 'after')

test('killed anywhere in a change of passphrase, the vault opens with the old one or the new one (R9)', async () => {
  const seen = { old: 0, new: 0 }
  const cut = fc.record({ write: fc.nat(2), moment: moments })
  const state = fc.constantFrom<(Damage | 'good')[]>(
    'good',
    { kind: 'deleted' },
    { kind: 'flipped', at: 0.4 },
  )
  await fc.assert(
    fc.asyncProperty(cut, state, state, fc.nat(2), async (cut, first, second, alsoAfter) => {
      const { places, indexedDB, storage } = freshPlaces()
      const before = await createCopies(places).write(oldHeader)
      const text = encodeHeader(before)
      // One copy may be damaged beforehand, but not both.
      if (first !== 'good') await damageDatabase(indexedDB, text, first)
      else if (second !== 'good') await damageLocal(storage.local, text, second)
      await createCopies(mortal(places, cut))
        .write(newHeader)
        .catch(() => undefined)
      // The repair at the next start may be killed as well.
      await createCopies(mortal(places, { write: alsoAfter, moment: 'torn' }))
        .read()
        .catch(() => undefined)
      const survivor = await createCopies(places).read()
      const opensWith = (header: NextHeader) => survivor?.wrapped.ciphertext === header.wrapped.ciphertext
      expect(opensWith(oldHeader) || opensWith(newHeader)).toBe(true)
      expect(await headersIn(places)).toEqual([survivor, survivor])
      seen[opensWith(newHeader) ? 'new' : 'old'] += 1
    }),
    { seed: 9, numRuns: 200 },
  )
  expect(Math.min(seen.old, seen.new)).toBeGreaterThan(20)
})

test('killed anywhere in the creation, there is a whole vault or none (R9)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record({ write: fc.nat(2), moment: moments }), async (cut) => {
      const { places } = freshPlaces()
      const isWritten = await createCopies(mortal(places, cut))
        .write(oldHeader)
        .then(
          () => true,
          () => false,
        )
      const survivor = await createCopies(places).read()
      expect(survivor ?? { ...oldHeader, revision: 1 }).toEqual({ ...oldHeader, revision: 1 })
      if (isWritten) expect(survivor).toBeDefined()
    }),
    { seed: 10, numRuns: 200 },
  )
})

const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.constantFrom<Damage[]>(
    { kind: 'deleted' },
    { kind: 'emptied' },
    { kind: 'not-text' },
    { kind: 'unopenable' },
  ),
  fc.record({
    kind: fc.constantFrom<('truncated' | 'flipped')[]>('truncated', 'flipped'),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
)

test('one good copy recovers everything, and repairs the other (R11)', async () => {
  await fc.assert(
    fc.asyncProperty(damages, fc.boolean(), async (damage, isLocal) => {
      const { places, indexedDB, storage } = freshPlaces()
      const written = await createCopies(places).write(oldHeader)
      const text = encodeHeader(written)
      await (isLocal ? damageLocal(storage.local, text, damage) : damageDatabase(indexedDB, text, damage))
      expect(await headersIn(places)).not.toEqual([written, written])
      expect(await createCopies(places).read()).toEqual(written)
      expect(await headersIn(places)).toEqual([written, written])
    }),
    { seed: 11, numRuns: 200 },
  )
})

test('a copy that is behind is repaired, and never wins', async () => {
  const { places } = freshPlaces()
  const copies = createCopies(places)
  const old: VaultHeader = await copies.write(oldHeader)
  const next = await copies.write(newHeader)
  for (const place of places) {
    await place.write(encodeHeader(old))
    expect(await copies.read()).toEqual(next)
    expect(await headersIn(places)).toEqual([next, next])
  }
})

test('a full disk changes nothing and says so', async () => {
  for (const refused of [0, 1]) {
    const { places } = freshPlaces()
    await createCopies(places).write(oldHeader)
    const copies = createCopies(full(places, (write) => write === refused))
    await expect(copies.write(newHeader)).rejects.toMatchObject({
      reason: 'storage-full',
      message: expect.stringContaining('nothing was changed'),
    })
    const survivor = await createCopies(places).read()
    expect(survivor?.wrapped).toEqual(oldHeader.wrapped)
  }
})

test('a disk that stays full leaves the old header or the new one', async () => {
  for (const from of [0, 1]) {
    const { places } = freshPlaces()
    await createCopies(places).write(oldHeader)
    await expect(createCopies(full(places, (write) => write >= from)).write(newHeader)).rejects.toMatchObject(
      {
        reason: 'storage-full',
      },
    )
    const survivor = await createCopies(places).read()
    expect([oldHeader.wrapped, newHeader.wrapped]).toContainEqual(survivor?.wrapped)
  }
})

test('a write that failed and happened all the same is taken back', async () => {
  for (const lying of [0, 1] as const) {
    const { places } = freshPlaces()
    await createCopies(places).write(oldHeader)
    let isFirst = true
    const write = async (text: string) => {
      await places[lying].write(text)
      if (!isFirst) return
      isFirst = false
      throw new Error('no answer')
    }
    const pair: [Place, Place] = [...places]
    pair[lying] = { ...places[lying], write }
    await expect(createCopies(pair).write(newHeader)).rejects.toMatchObject({
      message: expect.stringContaining('nothing was changed'),
    })
    expect((await createCopies(places).read())?.wrapped).toEqual(oldHeader.wrapped)
  }
})

test('a write that happened cannot win, also when its place takes nothing more', async () => {
  const { places } = freshPlaces()
  await createCopies(places).write(oldHeader)
  let isFirst = true
  const write = async (text: string) => {
    if (isFirst) await places[1].write(text)
    isFirst = false
    throw new Error('no answer')
  }
  const copies = createCopies([places[0], { ...places[1], write }])
  await expect(copies.write(newHeader)).rejects.toMatchObject({
    message: expect.stringContaining('nothing was changed'),
  })
  expect((await createCopies(places).read())?.wrapped).toEqual(oldHeader.wrapped)
})

test('a place that forgets what it said it wrote is found out', async () => {
  for (const forgetful of [0, 1] as const) {
    const { places } = freshPlaces()
    const pair: [Place, Place] = [...places]
    pair[forgetful] = { ...places[forgetful], write: async () => undefined, renew: async () => undefined }
    await expect(createCopies(pair).write(oldHeader)).rejects.toMatchObject({ reason: 'storage-full' })
  }
})

test('storage that cannot be read is not taken for an empty one', async () => {
  const { places } = freshPlaces()
  const unreadable: Place = { ...places[0], read: () => Promise.reject(new Error('not now')) }
  const copies = createCopies([unreadable, places[1]])
  await expect(copies.read()).rejects.toMatchObject({ reason: 'storage-full' })
  await expect(copies.write(oldHeader)).rejects.toMatchObject({ reason: 'storage-full' })
  expect(await headersIn(places)).toEqual([undefined, undefined])
})
