import type { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Reply } from '../http/reply.ts'
import type { Exchange } from '../http/router.ts'
import type { PinnedBlock, Pins } from '../pinning/pins.ts'
import { carHeaders } from '../pinning/routes.ts'
import { carLength, writeCar } from '../storage/car.ts'
import { type Block, walkDag } from '../storage/dag.ts'
import { readBlocks } from '../storage/serve.ts'
import type { Reader } from './readers.ts'

type Format = 'car' | 'raw'

/** The trustless gateway's two formats; `format` in the query wins over `accept`. @throws CarekeyError `params-invalid` */
export function formatOf(exchange: Exchange): Format {
  const asked = exchange.query.get('format')
  if (asked === 'car' || asked === 'raw') return asked
  const accept = exchange.header('accept') ?? ''
  if (asked === null && accept.includes('application/vnd.ipld.car')) return 'car'
  if (asked === null && accept.includes('application/vnd.ipld.raw')) return 'raw'
  throw new CarekeyError(
    'params-invalid',
    'Ask for format=car or format=raw: this gateway serves ciphertext, not pages.',
  )
}

export interface Serving {
  pins: Pins
  read: (cid: CID) => Promise<Uint8Array>
}

/** One verified block, or the CAR of all blocks under it in depth-first order. */
export async function contentReply(
  { pins, read }: Serving,
  exchange: Exchange,
  reader: Reader,
  cid: CID,
): Promise<Reply> {
  const format = formatOf(exchange)
  const headers = {
    'cache-control': 'private, no-store',
    'content-disposition': `attachment; filename="${cid.toString()}.${format === 'car' ? 'car' : 'bin'}"`,
    etag: format === 'car' ? `W/"${cid.toString()}.car"` : `"${cid.toString()}"`,
  }
  if (format === 'raw') {
    const bytes = await read(cid)
    return { status: 200, headers: { ...headers, 'content-type': 'application/vnd.ipld.raw' }, bytes }
  }
  const blocks = await blocksUnder({ pins, read }, exchange, reader, cid)
  const [head, ...rest] = blocks
  if (!head) throw new CarekeyError('not-found', 'There is nothing under this CID.')
  const stored = readBlocks(
    { cid: head.cid, bytes: await read(head.cid) },
    rest.map((block) => block.cid),
    read,
  )
  return {
    status: 200,
    headers: { ...headers, ...carHeaders, 'content-length': carLength(cid, blocks) },
    stream: writeCar(cid, stored),
  }
}

async function blocksUnder(
  { pins, read }: Serving,
  exchange: Exchange,
  { owner, opens }: Reader,
  cid: CID,
): Promise<PinnedBlock[]> {
  const pinned = await pins.blocksOf(owner, cid.multihash.bytes)
  // https://specs.ipfs.tech/http-gateways/trustless-gateway/#dag-scope-request-query-parameter
  if (exchange.query.get('dag-scope') === 'block') return [sizeOf({ cid, bytes: await read(cid) })]
  if (pinned) return pinned
  // A leaf that was pinned as bytes may read as a list of somebody else's blocks: each is asked about anew.
  const readOpened = async (block: CID) => {
    if (await opens(block)) return await read(block)
    throw new CarekeyError('not-found', 'Not every block under this CID is yours to read.')
  }
  const blocks: PinnedBlock[] = []
  for await (const block of walkDag(cid, readOpened)) blocks.push(sizeOf(block))
  return blocks
}

const sizeOf = ({ cid, bytes }: Block): PinnedBlock => ({ cid, bytes: bytes.byteLength })
