import * as dagPb from '@ipld/dag-pb'
import type { Blockstore } from 'interface-blockstore'
import { exporter } from 'ipfs-unixfs-exporter'
import type { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { nodeLimits } from '../limits.ts'
import { type Block, damaged, tooLarge } from './car.ts'

/** A UnixFS file out of any blocks. Throws CarekeyError `record-damaged`, `record-too-large`. */
export async function readFile(
  blocks: Pick<Blockstore, 'get'>,
  root: CID,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const file = await exporter(root, blocks)
    if (file.type === 'directory' || file.type === 'object') throw damaged(undefined)
    if (file.size > BigInt(maxBytes)) throw tooLarge()
    const bytes = new Uint8Array(Number(file.size))
    let offset = 0
    for await (const piece of file.content()) {
      bytes.set(piece, offset)
      offset += piece.length
    }
    if (offset !== bytes.length) throw damaged(undefined)
    return bytes
  } catch (cause) {
    throw cause instanceof CarekeyError ? cause : damaged(cause)
  }
}

/** Every block of the file once, parents first. Throws CarekeyError `record-damaged` when one is missing. */
export async function* walk(blocks: Blockstore, root: CID): AsyncGenerator<Block> {
  const seen = new Set<string>()
  const waiting = [root]
  for (let cid = waiting.shift(); cid; cid = waiting.shift()) {
    if (seen.has(cid.toString())) continue
    seen.add(cid.toString())
    if (seen.size > nodeLimits.blocksPerFileMax) throw tooLarge()
    const bytes = await blockOf(blocks, cid)
    yield { cid, bytes }
    waiting.unshift(...linksOf(cid, bytes))
  }
}

/** The CIDs of all blocks; leaves are looked up but not read. */
export async function linked(blocks: Blockstore, root: CID): Promise<string[]> {
  const absent = await missing(blocks, root)
  if (absent) throw damaged(new Error(`The block ${absent} is missing.`))
  const found = new Set<string>()
  const waiting = [root]
  for (let cid = waiting.pop(); cid; cid = waiting.pop()) {
    found.add(cid.toString())
    if (cid.code !== raw.code) waiting.push(...linksOf(cid, await blockOf(blocks, cid)))
  }
  return [...found]
}

/** The first block of the file that is not here. */
export async function missing(blocks: Blockstore, root: CID): Promise<CID | undefined> {
  const seen = new Set<string>()
  const waiting = [root]
  for (let cid = waiting.pop(); cid; cid = waiting.pop()) {
    if (seen.has(cid.toString())) continue
    seen.add(cid.toString())
    if (seen.size > nodeLimits.blocksPerFileMax) throw tooLarge()
    if (!(await blocks.has(cid))) return cid
    if (cid.code !== raw.code) waiting.push(...linksOf(cid, await blockOf(blocks, cid)))
  }
  return undefined
}

async function blockOf(blocks: Blockstore, cid: CID): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of blocks.get(cid)) pieces.push(piece)
  } catch (cause) {
    throw damaged(cause)
  }
  const [only] = pieces
  return only && pieces.length === 1
    ? only
    : new Uint8Array(await new Blob(pieces.map((p) => p.slice())).arrayBuffer())
}

function linksOf(cid: CID, bytes: Uint8Array): CID[] {
  if (cid.code === raw.code) return []
  if (cid.code !== dagPb.code) throw damaged(undefined)
  try {
    return dagPb.decode(bytes).Links.map((link) => link.Hash)
  } catch (cause) {
    throw damaged(cause)
  }
}
