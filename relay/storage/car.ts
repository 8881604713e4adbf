import { createWriter, headerLength } from '@ipld/car/buffer-writer'
import { CarBlockIterator } from '@ipld/car/iterator'
import { varint } from 'multiformats'
import type { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { relayLimits } from '../limits.ts'
import { hasHash } from './block-store.ts'
import { isIdentity, isKept } from './cid.ts'
import type { Block } from './dag.ts'

/** A hostile length would otherwise make the decoder gather the whole body before it gives the first block. */
const gatherMaxBytes = relayLimits.blockMaxBytes + 256 * 1024

export interface CarReading {
  roots: CID[]
  blocks: AsyncIterable<Block>
}

/**
 * A CARv1 (or v2) as it arrives: at most one block is in memory, each has its hash when it is given out.
 * @throws CarekeyError `params-invalid` (not a CAR, unsupported hash), `record-hash-wrong`, `record-too-large`
 */
export async function readCar(source: AsyncIterable<Uint8Array>): Promise<CarReading> {
  let gathered = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      gathered += chunk.byteLength
      if (gathered > gatherMaxBytes + chunk.byteLength) throw blockTooLarge()
      yield chunk
    }
  }
  async function* verified(iterator: AsyncIterator<Block>): AsyncGenerator<Block> {
    for (;;) {
      const next = await iterator.next().catch(refuse)
      if (next.done) return
      gathered = 0
      const { cid, bytes } = next.value
      if (bytes.byteLength > relayLimits.blockMaxBytes) throw blockTooLarge()
      if (!isKept(cid)) throw new CarekeyError('params-invalid', 'Blocks must have sha-256 CIDs.')
      if (isIdentity(cid)) continue
      if (!hasHash(cid.multihash.bytes, bytes)) {
        throw new CarekeyError('record-hash-wrong', 'A block does not have the hash that its CID says.')
      }
      yield { cid, bytes }
    }
  }
  const car = await CarBlockIterator.fromIterable(counted()).catch(refuse)
  const roots = await car.getRoots()
  if (roots.length > 16) throw new CarekeyError('params-invalid', 'The CAR has too many roots.')
  return { roots, blocks: verified(car[Symbol.asyncIterator]()) }
}

const blockTooLarge = () =>
  new CarekeyError('record-too-large', `A block is larger than ${relayLimits.blockMaxBytes} bytes.`)

function refuse(cause: unknown): never {
  if (cause instanceof CarekeyError) throw cause
  throw new CarekeyError('params-invalid', 'The body is not a CAR file, or it ends early.', { cause })
}

function headerOf(root: CID): Uint8Array {
  const roots = [root]
  return createWriter(new ArrayBuffer(headerLength({ roots })), { roots }).close()
}

/** The mirror of `readCar`: a CARv1 with one root, block by block as it is asked for. */
export async function* writeCar(root: CID, blocks: AsyncIterable<Block>): AsyncGenerator<Uint8Array> {
  yield headerOf(root)
  for await (const { cid, bytes } of blocks) {
    yield sectionHead(cid, bytes.byteLength)
    yield bytes
  }
}

/** How many bytes `writeCar` will give. */
export function carLength(root: CID, blocks: readonly { cid: CID; bytes: number }[]): number {
  return blocks.reduce(
    (sum, { cid, bytes }) => sum + sectionHead(cid, bytes).byteLength + bytes,
    headerOf(root).byteLength,
  )
}

function sectionHead(cid: CID, bytes: number): Uint8Array {
  const length = cid.bytes.byteLength + bytes
  const head = new Uint8Array(varint.encodingLength(length) + cid.bytes.byteLength)
  varint.encodeTo(length, head)
  head.set(cid.bytes, varint.encodingLength(length))
  return head
}
