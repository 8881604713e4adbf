import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import { relayLimits } from '../limits.ts'
import { isIdentity, isKept } from './cid.ts'

const RAW = 0x55

/** A DAG that the relay will not keep, and why, in words for whoever asked. */
export class DagRefused extends Error {
  override readonly name = 'DagRefused'
}

export interface Block {
  cid: CID
  bytes: Uint8Array
}

/** @throws DagRefused for codecs other than raw and dag-pb, and for bytes that are not what the codec says. */
export function linksOf({ cid, bytes }: Block): CID[] {
  if (cid.code === RAW) return []
  if (cid.code !== dagPb.code) throw new DagRefused('Only raw and dag-pb blocks are kept here.')
  try {
    return dagPb.decode(bytes).Links.map((link) => CID.asCID(link.Hash) ?? CID.decode(link.Hash.bytes))
  } catch (cause) {
    throw new DagRefused('A dag-pb block cannot be decoded.', { cause })
  }
}

/**
 * Every block under a root once, depth first, as the trustless gateway orders them. `read` gives one block's verified bytes. Blocks inside their CID
 * are walked and not given out.
 * @throws DagRefused when the DAG is too wide or too deep, or what `read` throws.
 */
export async function* walkDag(root: CID, read: (cid: CID) => Promise<Uint8Array>): AsyncGenerator<Block> {
  const seen = new Set<string>()
  const stack = [{ cid: root, depth: 0 }]
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { cid, depth } = next
    const key = Buffer.from(cid.bytes).toString('latin1')
    if (seen.has(key)) continue
    seen.add(key)
    if (seen.size > relayLimits.blocksPerDag)
      throw new DagRefused('There are too many blocks under this CID.')
    if (depth > relayLimits.dagDepthMax)
      throw new DagRefused('The blocks under this CID are nested too deeply.')
    if (!isKept(cid)) throw new DagRefused('Only sha-256 CIDs are kept here.')
    const bytes = isIdentity(cid) ? cid.multihash.digest : await read(cid)
    const links = linksOf({ cid, bytes })
    if (stack.length + links.length > relayLimits.blocksPerDag) {
      throw new DagRefused('There are too many blocks under this CID.')
    }
    for (const link of links.reverse()) stack.push({ cid: link, depth: depth + 1 })
    if (!isIdentity(cid)) yield { cid, bytes }
  }
}
