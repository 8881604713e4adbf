import * as dagPb from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { relayLimits } from '../limits.ts'
import { type Block, DagRefused } from './dag.ts'

/** Bytes of a file, both inclusive; below 0 they count from its end. `to` is null for the end itself. */
export interface EntityBytes {
  from: number
  to: number | null
}

interface Part {
  cid: CID
  size: number
}

/** A block as UnixFS reads it: the parts of a file with their sizes, or nothing to go into. */
function partsOf({ cid, bytes }: Block): Part[] | null {
  if (cid.code !== dagPb.code) return null
  const node = dagPb.decode(bytes)
  const file = node.Data ? UnixFS.unmarshal(node.Data) : null
  if (!file || file.isDirectory()) return null
  if (file.blockSizes.length !== node.Links.length)
    throw new DagRefused('A file does not say how large its parts are.')
  return node.Links.map(({ Hash }, index) => ({
    cid: CID.asCID(Hash) ?? CID.decode(Hash.bytes),
    size: Number(file.blockSizes[index]),
  }))
}

/**
 * The blocks of one entity, depth first: of a file those that hold the wanted bytes and those that lead to them, of a directory its own alone.
 * https://specs.ipfs.tech/http-gateways/trustless-gateway/#entity-bytes-request-query-parameter
 * @throws DagRefused, or what `read` throws.
 */
export async function* walkEntity(
  root: CID,
  wanted: EntityBytes,
  read: (cid: CID) => Promise<Uint8Array>,
): AsyncGenerator<Block> {
  const head = { cid: root, bytes: await read(root) }
  yield head
  const parts = partsOf(head)
  if (!parts) return
  const length = parts.reduce((sum, { size }) => sum + size, 0)
  const inFile = (place: number): number => (place < 0 ? Math.max(0, length + place) : place)
  yield* walkParts(parts, inFile(wanted.from), wanted.to === null ? length - 1 : inFile(wanted.to), read, 1)
}

async function* walkParts(
  parts: readonly Part[],
  from: number,
  to: number,
  read: (cid: CID) => Promise<Uint8Array>,
  depth: number,
): AsyncGenerator<Block> {
  if (depth > relayLimits.dagDepthMax)
    throw new DagRefused('The blocks under this CID are nested too deeply.')
  let at = 0
  for (const { cid, size } of parts) {
    if (at + size > from && at <= to) {
      const block = { cid, bytes: await read(cid) }
      yield block
      const inner = partsOf(block)
      if (inner) yield* walkParts(inner, from - at, to - at, read, depth + 1)
    }
    at += size
  }
}
