import { identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { concat } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'
import { depositIdentity } from './derive.ts'
import { decodeEnvelope, envelopePieces } from './envelope.ts'
import { createHeader, openHeader, splitHeader } from './header.ts'
import { open, openWithFileKey, sealWithFileKey } from './seal.ts'

// Threats T17 and T18: whatever is done to a sealed record, it does not open.
const runs = Number(process.env.CAREKEY_TAMPER_RUNS ?? 1_000)
const chunk = 64 * 1024 + 16

/** Mulberry32: the run is the seed, so that a failure can be repeated. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}

const identity = depositIdentity(new Uint8Array(64).fill(7), `0x${'01'.repeat(32)}`)
const recipient = await identityToRecipient(identity)

async function sealed(length: number, fill: number) {
  const header = await createHeader([recipient])
  const statement = new TextEncoder().encode(`statement ${fill}`)
  const content = new Uint8Array(length).fill(fill)
  const file = await sealWithFileKey(header, envelopePieces({ statement, content }))
  return { ...splitHeader(file), file, fileKey: header.fileKey }
}

const files = [
  await sealed(100, 1),
  await sealed(100, 2),
  await sealed(200_000, 3),
  await sealed(200_000, 4),
] as const
type Sealed = (typeof files)[number]

const mutations: Record<
  string,
  (file: Sealed, other: Sealed, roll: (sides: number) => number) => Uint8Array
> = {
  'a flipped bit': ({ file }, _, roll) => {
    const bytes = file.slice()
    const offset = roll(bytes.length)
    bytes[offset] = (bytes[offset] ?? 0) ^ (1 << roll(8))
    return bytes
  },
  'a flipped bit of the header': ({ file, header }, _, roll) => {
    const bytes = file.slice()
    const offset = roll(header.length)
    bytes[offset] = (bytes[offset] ?? 0) ^ (1 << roll(8))
    return bytes
  },
  'a cut': ({ file }, _, roll) => file.subarray(0, roll(file.length)),
  'an appendage': ({ file }, other, roll) =>
    concat([file, other.file.subarray(0, 1 + roll(other.file.length))]),
  'the body of another record': ({ header }, other) => concat([header, other.body]),
  'the chunks of another record': ({ header, body }, other) =>
    concat([header, body.subarray(0, 16), other.body.subarray(16)]),
  'a chunk of another record': ({ header, body }, other, roll) => {
    const bytes = body.slice()
    const count = Math.ceil((body.length - 16) / chunk)
    const start = 16 + roll(count) * chunk
    bytes.set(other.body.subarray(start, start + chunk).subarray(0, bytes.length - start), start)
    return concat([header, bytes])
  },
  'a missing stretch': ({ file }, _, roll) => {
    const start = roll(file.length)
    return concat([file.subarray(0, start), file.subarray(start + 1 + roll(100))])
  },
  'a doubled stretch': ({ file }, _, roll) => {
    const start = roll(file.length)
    return concat([file.subarray(0, start + 1), file.subarray(start)])
  },
  'the stanza of another record': ({ header, body }, other) => {
    const mac = new TextDecoder().decode(header).lastIndexOf('--- ')
    const otherMac = new TextDecoder().decode(other.header).lastIndexOf('--- ')
    return concat([other.header.subarray(0, otherMac), header.subarray(mac), body])
  },
}

test(`${runs} changed records are all refused`, { timeout: Math.max(30_000, runs * 30) }, async () => {
  const names = Object.keys(mutations)
  const opened: string[] = []
  for (let run = 0; run < runs; run++) {
    const roll = dice(run)
    const name = names[run % names.length] ?? ''
    const pair = roll(2) * 2
    const [file, other] = (
      roll(2) === 0 ? [files[pair], files[pair + 1]] : [files[pair + 1], files[pair]]
    ) as [Sealed, Sealed]
    const bytes = mutations[name]?.(file, other, roll) ?? file.file
    if (Buffer.compare(bytes, file.file) === 0) continue
    try {
      // Most by the file key, which is fast; every fourth by the identity.
      decodeEnvelope(await (run % 4 === 0 ? open(identity, bytes) : openWithFileKey(file.fileKey, bytes)))
      opened.push(`${name}, run ${run}`)
    } catch (error) {
      expect(error).toBeInstanceOf(CryptoError)
    }
  }
  expect(opened).toEqual([])
})

test('the unchanged records open', async () => {
  for (const { file, header, fileKey } of files) {
    expect(await openHeader(header, identity)).toEqual(fileKey)
    decodeEnvelope(await openWithFileKey(fileKey, file))
  }
})
