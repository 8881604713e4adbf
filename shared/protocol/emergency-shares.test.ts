import { describe, expect, it } from 'vitest'
import derived from '../crypto/vectors/derive.json' with { type: 'json' }
import vectors from '../crypto/vectors/shares.json' with { type: 'json' }
import {
  cardTextOf,
  emergencyDirectorySchema,
  handleOn,
  holdersHashOf,
  shareHashOf,
} from './emergency-shares.ts'
import { pseudonymSchema } from './ids.ts'

const patient = pseudonymSchema.parse(derived.emergency.address)
const organizations = ['5d', '6e'].map((byte) => `0x${byte.repeat(32)}`)
const directory = {
  version: 1,
  patient,
  summary: { cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', sealedBytes: 6_312 },
  holders: organizations.map((organization, index) => ({
    organization,
    shareHash: shareHashOf(Buffer.from(vectors.shares[index] ?? '', 'hex')),
  })),
  salt: `0x${'0a'.repeat(32)}`,
}

describe('the directory', () => {
  it('has the hash of the protocol’s example', () => {
    expect(holdersHashOf(emergencyDirectorySchema.parse(directory))).toBe(
      '0x08e29473e33b9b6bb1b8460daf55cbf8614e1e5601622a6ee0c452ae8a3dd951',
    )
  })

  it('gives no organization two shares, and is never one holder’s alone', () => {
    const [one] = directory.holders
    for (const holders of [[one, one], [one]]) {
      expect(emergencyDirectorySchema.safeParse({ ...directory, holders }).success).toBe(false)
    }
  })
})

describe('a card', () => {
  const network = { chainId: 31_337 }

  it('is read back from its code, and from the handle as somebody types it', () => {
    const typed = `0x ${patient.slice(2).toUpperCase().match(/.{4}/g)?.join(' ')} `
    for (const text of [cardTextOf(network, patient), patient, typed]) {
      expect(handleOn(network, text)).toBe(patient)
    }
  })

  it.each([
    cardTextOf({ chainId: 1 }, patient),
    patient.slice(0, -1),
    `carekey:31337/${patient}`,
    '',
    `carekey-emergency:31337/${patient}?x`,
  ])('is not what %j says', (text) => {
    expect(handleOn(network, text)).toBeNull()
  })
})
