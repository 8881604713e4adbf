import { createWriter, headerLength } from '@ipld/car/buffer-writer'
import { CarBlockIterator } from '@ipld/car/iterator'
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { nodeLimits } from '../limits.ts'

export interface Block {
  cid: CID
  bytes: Uint8Array
}

/** A CARv1 in pieces; each is made only when the one before was taken. */
export async function* writeCar(root: CID, blocks: AsyncIterable<Block>): AsyncGenerator<Uint8Array> {
  const roots = [root]
  yield createWriter(new ArrayBuffer(headerLength({ roots })), { roots }).close()
  for await (const { cid, bytes } of blocks) {
    const length = cid.bytes.length + bytes.length
    const lengthBytes = varint.encodingLength(length)
    const head = new Uint8Array(lengthBytes + cid.bytes.length)
    varint.encodeTo(length, head)
    head.set(cid.bytes, lengthBytes)
    yield head
    yield bytes
  }
}

/**
 * The blocks of a CAR, each after its hash was checked, so that its sender need not be trusted. Throws CarekeyError
 * `record-damaged`, `record-too-large`, and what the source throws.
 */
export async function* readCar(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Block> {
  let broken: { cause: unknown } | undefined
  async function* bounded() {
    let total = 0
    try {
      for await (const piece of source) {
        total += piece.length
        if (total > maxBytes + nodeLimits.carOverheadMaxBytes) throw tooLarge()
        yield piece
      }
    } catch (cause) {
      broken = { cause }
      throw cause
    }
  }
  let count = 0
  try {
    for await (const { cid, bytes } of await CarBlockIterator.fromIterable(bounded())) {
      count += 1
      if (bytes.length > nodeLimits.blockMaxBytes || count > nodeLimits.blocksPerFileMax) throw tooLarge()
      await requireHash(cid, bytes)
      yield { cid: cid.toV1(), bytes }
    }
  } catch (cause) {
    if (broken) throw broken.cause
    if (cause instanceof CarekeyError) throw cause
    throw damaged(cause)
  }
}

async function requireHash(cid: CID, bytes: Uint8Array): Promise<void> {
  if (cid.multihash.code !== sha256.code) throw damaged(undefined)
  const { digest } = await sha256.digest(bytes)
  if (digest.some((byte, index) => byte !== cid.multihash.digest[index])) throw damaged(undefined)
}

export const damaged = (cause: unknown) =>
  new CarekeyError('record-damaged', 'What was fetched is damaged or incomplete. Fetch it again.', { cause })

export const tooLarge = () => new CarekeyError('record-too-large', 'The record is larger than it may be.')

export function parseCid(text: string): CID {
  try {
    return CID.parse(text)
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'This is not the name of a file.', { cause })
  }
}
