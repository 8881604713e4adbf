import * as carWriter from '@ipld/car/buffer-writer'
import { CarBlockIterator } from '@ipld/car/iterator'
import { MemoryBlockstore } from 'blockstore-core'
import { exporter } from 'ipfs-unixfs-exporter'
import { importBytes } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { CarekeyError } from '../../protocol/errors.ts'
import { type CidText, cidSchema } from '../../protocol/ids.ts'
import { limits } from './limits.ts'

/** Bytes as a UnixFS file in a CARv1, root first; the same bytes always give the same CID (protocol, section 2). */
export async function packCar(bytes: Uint8Array): Promise<{ cid: CidText; car: Uint8Array }> {
  const blocks: { cid: CID; bytes: Uint8Array }[] = []
  const collect = {
    put(cid: CID, block: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
      if (!(block instanceof Uint8Array)) throw new TypeError('The importer hands over whole blocks.')
      blocks.push({ cid, bytes: block })
      return cid
    },
  }
  // IPIP-499: CIDv1, raw leaves, 1 MiB chunks, 1,024 links a node.
  const { cid } = await importBytes(bytes, collect, { profile: 'unixfs-v1-2025' })
  blocks.reverse()
  const roots = [cid]
  const length = blocks.reduce(
    (sum, block) => sum + carWriter.blockLength(block),
    carWriter.headerLength({ roots }),
  )
  const writer = carWriter.createWriter(new ArrayBuffer(length), { roots })
  for (const block of blocks) writer.write(block)
  return { cid: cidSchema.parse(cid.toString()), car: writer.close() }
}

/**
 * The file that a CAR holds under a root. Every block's hash is checked, so its sender need not be trusted.
 * Throws CarekeyError `record-damaged`, `record-too-large`, and what `source` throws.
 */
export async function unpackCar(
  source: AsyncIterable<Uint8Array>,
  root: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const wanted = CID.parse(root)
  const blocks = new MemoryBlockstore()
  try {
    const car = await CarBlockIterator.fromIterable(bounded(source, maxBytes + limits.carOverheadMaxBytes))
    for await (const { cid, bytes } of car) {
      await requireHash(cid, bytes)
      await blocks.put(cid, bytes)
    }
    return await readFile(wanted, blocks, maxBytes)
  } catch (cause) {
    if (cause instanceof CarekeyError) throw cause
    throw new CarekeyError('record-damaged', 'What was fetched is damaged or incomplete. Fetch it again.', {
      cause,
    })
  }
}

async function readFile(root: CID, blocks: MemoryBlockstore, maxBytes: number): Promise<Uint8Array> {
  const file = await exporter(root, blocks)
  if (file.type === 'directory' || file.type === 'object') throw new TypeError('Not a file.')
  if (file.size > BigInt(maxBytes)) throw tooLarge()
  const bytes = new Uint8Array(Number(file.size))
  let offset = 0
  for await (const piece of file.content()) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  if (offset !== bytes.length) throw new RangeError('The file is shorter than it says.')
  return bytes
}

async function requireHash(cid: CID, bytes: Uint8Array): Promise<void> {
  if (cid.multihash.code !== sha256.code) throw new TypeError('A block is not named by its sha-256.')
  const { digest } = await sha256.digest(bytes)
  if (digest.some((byte, index) => byte !== cid.multihash.digest[index]))
    throw new TypeError('A block’s hash is wrong.')
}

async function* bounded(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const piece of source) {
    total += piece.length
    if (total > maxBytes) throw tooLarge()
    yield piece
  }
}

const tooLarge = () => new CarekeyError('record-too-large', 'The record is larger than it may be.')
