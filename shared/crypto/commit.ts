import { keccak_256 } from '@noble/hashes/sha3.js'
import { type Hex, toHex, unshared } from './bytes.ts'

const saltBytes = 32

/** keccak256 of a statement's bytes, its salt included: the only trace of a record on the ledger. */
export function commitmentOf(statement: Uint8Array): Hex {
  return toHex(keccak_256(statement))
}

/** SHA-256 of a record's content. */
export async function contentHashOf(content: Uint8Array): Promise<Hex> {
  return toHex(new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', unshared(content))))
}

/** 32 random bytes, without which a commitment could be guessed from a known record. */
export function randomSalt(): Hex {
  return toHex(globalThis.crypto.getRandomValues(new Uint8Array(saltBytes)))
}
