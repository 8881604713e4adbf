import { secp256k1 } from '@noble/curves/secp256k1.js'
import { expect, test } from 'vitest'
import { toHex } from './bytes.ts'
import { depositIdentity, pseudonymKey, recipientOf } from './derive.ts'

// Threats T20. The full figure is 10,000 seeds: CAREKEY_SEEDS=10000.
const seeds = Number(process.env.CAREKEY_SEEDS ?? 100)
const organizations = 10
const piece = 16

/** Every 16-byte piece of a public value at a multiple of 8 bytes, so that a shared part is found as well. */
function piecesOf(text: string): string[] {
  return Array.from({ length: Math.floor((text.length - piece) / 8) + 1 }, (_, index) =>
    text.slice(index * 8, index * 8 + piece),
  )
}

test(`${seeds} patients at ${organizations} organizations share no public value`, {
  timeout: Math.max(60_000, seeds * 600),
}, async () => {
  const ids = Array.from({ length: organizations }, () =>
    toHex(globalThis.crypto.getRandomValues(new Uint8Array(32))),
  )
  const seen = new Set<string>()
  let values = 0
  for (let patient = 0; patient < seeds; patient++) {
    const seed = globalThis.crypto.getRandomValues(new Uint8Array(64))
    for (const id of ids) {
      const publicKey = toHex(secp256k1.getPublicKey(pseudonymKey(seed, id)).subarray(1)).slice(2)
      const recipient = (await recipientOf(depositIdentity(seed, id))).slice('age1pq1'.length)
      for (const value of [...piecesOf(publicKey), ...piecesOf(recipient)]) {
        values += 1
        seen.add(value)
      }
    }
  }
  expect(seen.size).toBe(values)
})
