import { createHash } from 'node:crypto'

/** Where blocks lie, by their sha-256 multihash. What `put` has acknowledged survives a loss of power; every read is hashed. */
export interface BlockStore {
  start(): Promise<void>
  /** Writes unless a whole copy is there; a torn one is replaced. @throws BlockLost when the bytes do not have the hash. */
  put(multihash: Uint8Array, bytes: Uint8Array): Promise<void>
  /** @throws BlockLost */
  get(multihash: Uint8Array): Promise<Uint8Array>
  delete(multihash: Uint8Array): Promise<void>
  stop(): Promise<void>
}

/** A block that is not on the disk, or not whole. It can be put again. */
export class BlockLost extends Error {
  override readonly name = 'BlockLost'
  readonly multihash: Uint8Array
  readonly damaged: boolean

  constructor(multihash: Uint8Array, damaged: boolean) {
    super(damaged ? 'A block on the disk does not have its hash.' : 'A block is not on the disk.')
    this.multihash = multihash
    this.damaged = damaged
  }
}

const SHA2_256 = 0x12
const DIGEST_BYTES = 32

export const isSha256 = (multihash: Uint8Array): boolean =>
  multihash.byteLength === DIGEST_BYTES + 2 && multihash[0] === SHA2_256 && multihash[1] === DIGEST_BYTES

export function hasHash(multihash: Uint8Array, bytes: Uint8Array): boolean {
  return isSha256(multihash) && createHash('sha256').update(bytes).digest().equals(multihash.subarray(2))
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
