// Cases for the check of signatures, of the kinds that Wycheproof's ECDSA files for secp256k1 have, made anew from fixed
// numbers; and those files themselves, for whoever has one. The reference verdict is noble's.
import { secp256k1 } from '@noble/curves/secp256k1.js'
import {
  type Address,
  type Hex,
  hexToBigInt,
  hexToBytes,
  keccak256,
  numberToBytes,
  numberToHex,
  sha256,
} from 'viem'
import { publicKeyToAddress } from 'viem/accounts'
import { z } from 'zod'

export interface SignatureCase {
  name: string
  digest: bigint
  v: number
  r: bigint
  s: bigint
  expected: Address
}

const { Point } = secp256k1
const { ORDER: n } = Point.Fn
const p = Point.Fp.ORDER
const half = n >> 1n
const maxWord = (1n << 256n) - 1n
const nobody: Address = '0x0000000000000000000000000000000000000000'

const noise = (label: string): bigint => hexToBigInt(keccak256(new TextEncoder().encode(label)))
const addressOf = (key: bigint): Address => publicKeyToAddress(`0x${Point.BASE.multiply(key).toHex(false)}`)

/** Whether a strict verifier takes it: v 27 or 28, r and s in range, s low, signed by `expected`. */
export function referenceVerdict({ digest, v, r, s, expected }: SignatureCase): boolean {
  if (v !== 27 && v !== 28) return false
  const signer = signerOf(digest, v, r, s)
  return s <= half && signer !== undefined && signer === expected
}

function signerOf(digest: bigint, v: number, r: bigint, s: bigint): Address | undefined {
  try {
    const signature = new secp256k1.Signature(r, s).addRecoveryBit(v - 27)
    return publicKeyToAddress(
      `0x${signature.recoverPublicKey(numberToBytes(digest, { size: 32 })).toHex(false)}`,
    )
  } catch {
    return undefined
  }
}

/** ECDSA with a nonce of our choosing, which no library lets one choose: for cases only, never to sign anything. */
function signWith(
  nonce: bigint,
  digest: bigint,
  key: bigint,
): Omit<SignatureCase, 'name' | 'digest' | 'expected'> {
  const { Fn } = Point
  const { x, y } = Point.BASE.multiply(nonce).toAffine()
  const r = Fn.create(x)
  const s = Fn.mul(Fn.inv(nonce), Fn.create(Fn.create(digest) + r * key))
  const odd = Number(y & 1n)
  return s > half ? { v: 28 - odd, r, s: n - s } : { v: 27 + odd, r, s }
}

const keys = [1n, 2n, n - 1n, half, noise('first key') % n, noise('second key') % n]
const nonces = [1n, 2n, 3n, half, half + 1n, n - 1n, noise('nonce') % n]
const digests = [0n, 1n, n - 1n, n, n + 1n, p, half, maxWord, maxWord - 1n, 1n << 255n, noise('digest')]

/** All of them; the same at every run. */
export function derivedCases(): SignatureCase[] {
  return [...signedCases(), ...alteredCases(), ...extremeCases()]
}

/** Good signatures with nonces, keys and digests at the edges. */
function signedCases(): SignatureCase[] {
  return keys.flatMap((key) =>
    nonces.flatMap((nonce) =>
      digests.slice(0, 6).map((digest) => ({
        name: `key ${key} nonce ${nonce} digest ${digest}`,
        digest,
        ...signWith(nonce, digest, key),
        expected: addressOf(key),
      })),
    ),
  )
}

/** One good signature for each digest, altered in every way that has ever passed somewhere. */
function alteredCases(): SignatureCase[] {
  const key = keys[4] ?? 1n
  const expected = addressOf(key)
  return digests.flatMap((digest) => {
    const good = signWith(noise(`nonce ${digest}`) % n, digest, key)
    const { v, r, s } = good
    const other = 55 - v
    const alterations: [string, Partial<SignatureCase>][] = [
      ['as signed', {}],
      ['high s', { v: other, s: n - s }],
      ['high s, same v', { s: n - s }],
      ['other v', { v: other }],
      ...[0, 1, v - 27, 26, 29, 30, 35, 36, 37, 255].map((wrong): [string, Partial<SignatureCase>] => [
        `v ${wrong}`,
        { v: wrong },
      ]),
      ['parity folded into s, as in 64 bytes', { s: s | (BigInt(v - 27) << 255n) }],
      ['64 bytes: v zero and parity in s', { v: 0, s: s | (BigInt(v - 27) << 255n) }],
      ...[0n, 1n, n - 1n, n, n + 1n, p, maxWord].flatMap((edge): [string, Partial<SignatureCase>][] => [
        [`r ${edge}`, { r: edge }],
        [`s ${edge}`, { s: edge }],
      ]),
      ['r plus order', { r: (r + n) & maxWord }],
      ['s plus order', { s: (s + n) & maxWord }],
      ['order minus r', { r: n - r }],
      ['r and s swapped', { r: s, s: r }],
      ['all zero', { v: 0, r: 0n, s: 0n }],
      ['r and s zero', { r: 0n, s: 0n }],
      ['another signer', { expected: addressOf(2n) }],
      ['nobody', { expected: nobody }],
      ['nobody, r zero', { r: 0n, expected: nobody }],
      ['nobody, v zero', { v: 0, expected: nobody }],
      ['another digest', { digest: digest ^ 1n }],
    ]
    return alterations.map(([name, change]) => ({ name, digest, ...good, expected, ...change }))
  })
}

/** Numbers chosen first, the signer whoever they lead to: small r and s, and the point at infinity. */
function extremeCases(): SignatureCase[] {
  const small = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, p - n, p - n + 1n, half, n - 2n]
  const chosen = small.flatMap((r) =>
    [1n, 2n, half, half + 1n].flatMap((s) =>
      [27, 28].map((v) => {
        const digest = noise(`chosen ${r}`)
        const expected = signerOf(digest, v, r, s) ?? nobody
        return { name: `r ${r} s ${s} v ${v}`, digest, v, r, s, expected }
      }),
    ),
  )
  const infinite = nonces.map((nonce) => {
    const { x, y } = Point.BASE.multiply(nonce).toAffine()
    const s = noise(`infinite ${nonce}`) % half
    const digest = Point.Fn.mul(s, nonce)
    return {
      name: `no key at all, nonce ${nonce}`,
      digest,
      v: 27 + Number(y & 1n),
      r: x % n,
      s,
      expected: nobody,
    }
  })
  return [...chosen, ...infinite]
}

const Wycheproof = z.object({
  testGroups: z.array(
    z.object({
      publicKey: z.object({ uncompressed: z.string() }),
      tests: z.array(
        z.object({
          tcId: z.number(),
          msg: z.string(),
          sig: z.string(),
          result: z.enum(['valid', 'invalid', 'acceptable']),
        }),
      ),
    }),
  ),
})

/**
 * The cases of a Wycheproof file `ecdsa_secp256k1_sha256_*_test.json`, each with both v, and the file's own verdict. What
 * is no strict DER of two numbers has no way into the contracts, and is only counted.
 */
export function wycheproofCases(json: unknown): {
  cases: (SignatureCase & { valid: boolean })[]
  unencodable: number
} {
  const cases: (SignatureCase & { valid: boolean })[] = []
  let unencodable = 0
  for (const { publicKey, tests } of Wycheproof.parse(json).testGroups) {
    const expected = publicKeyToAddress(`0x${publicKey.uncompressed}`)
    for (const { tcId, msg, sig, result } of tests) {
      const parts = readDer(`0x${sig}`)
      if (!parts) {
        unencodable += 1
        continue
      }
      const digest = hexToBigInt(sha256(`0x${msg}`))
      for (const v of [27, 28]) {
        // A right signature is right with one of the two.
        const valid = result === 'valid' && signerOf(digest, v, parts.r, parts.s) === expected
        cases.push({ name: `${tcId} v ${v}`, digest, v, ...parts, expected, valid })
      }
    }
  }
  return { cases, unencodable }
}

function readDer(der: Hex): { r: bigint; s: bigint } | undefined {
  try {
    const { r, s } = secp256k1.Signature.fromBytes(hexToBytes(der), 'der')
    return { r, s }
  } catch {
    return undefined
  }
}

/** As the contract takes it. */
export const signatureArgs = ({ digest, v, r, s, expected }: SignatureCase) =>
  [
    numberToHex(digest, { size: 32 }),
    { v, r: numberToHex(r, { size: 32 }), s: numberToHex(s, { size: 32 }) },
    expected,
  ] as const
