import type { CID } from 'multiformats/cid'
import { z } from 'zod'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { conditional } from '../http/conditional.ts'
import type { Reply } from '../http/reply.ts'
import type { Exchange } from '../http/router.ts'
import type { PinnedBlock, Pins } from '../pinning/pins.ts'
import { carHeaders } from '../pinning/routes.ts'
import { carLength, writeCar } from '../storage/car.ts'
import { type Block, DagRefused, walkDag } from '../storage/dag.ts'
import { type EntityBytes, walkEntity } from '../storage/entity.ts'
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

/** @throws CarekeyError `params-invalid` */
const scopeSchema = z.enum(['block', 'entity', 'all']).default('all')
const entityBytesSchema = z
  .string()
  .regex(/^(\d{1,15}|-\d{1,15}):(\*|-?\d{1,15})$/)
  .transform((text): EntityBytes => {
    const [from, to] = text.split(':')
    return { from: Number(from), to: to === '*' ? null : Number(to) }
  })

/** Which blocks of a DAG are asked for. `entity-bytes` means the entity. @throws CarekeyError `params-invalid` */
function wantedOf(exchange: Exchange): 'block' | 'all' | EntityBytes {
  const scope = scopeSchema.safeParse(exchange.query.get('dag-scope') ?? undefined)
  const bytes = entityBytesSchema.optional().safeParse(exchange.query.get('entity-bytes') ?? undefined)
  if (!scope.success) throw new CarekeyError('params-invalid', 'dag-scope is block, entity or all.')
  if (!bytes.success)
    throw new CarekeyError('params-invalid', 'entity-bytes is from:to, such as 0:1023 or 1024:*.')
  if (bytes.data) return bytes.data
  return scope.data === 'entity' ? { from: 0, to: null } : scope.data
}

export interface Serving {
  pins: Pins
  read: (cid: CID) => Promise<Uint8Array>
}

/**
 * One verified block, or the CAR of blocks under it in depth-first order: the same request gives the same bytes, so that a part of them can
 * be fetched again (`range`), and need not be when they are known (`if-none-match`).
 */
export async function contentReply(
  serving: Serving,
  exchange: Exchange,
  reader: Reader,
  cid: CID,
): Promise<Reply> {
  const format = formatOf(exchange)
  const name = cid.toString()
  const headers = {
    'cache-control': 'private, no-store',
    'content-disposition': `attachment; filename="${name}.${format === 'car' ? 'car' : 'bin'}"`,
    'x-ipfs-path': `/ipfs/${name}`,
    vary: 'accept, authorization, carekey-grant',
  }
  if (format === 'raw') {
    const bytes = await serving.read(cid)
    const type = { 'content-type': 'application/vnd.ipld.raw', etag: `"${name}.raw"` }
    return conditional(exchange, { status: 200, headers: { ...headers, ...type }, bytes })
  }
  const wanted = wantedOf(exchange)
  const [head, ...rest] = await blocksUnder(serving, wanted, reader, cid)
  if (!head) throw new CarekeyError('not-found', 'There is nothing under this CID.')
  const first = { cid: head.cid, bytes: await serving.read(head.cid) }
  const stored = readBlocks(
    first,
    rest.map((block) => block.cid),
    serving.read,
  )
  const part = typeof wanted === 'string' ? wanted : `${wanted.from}-${wanted.to ?? 'end'}`
  return conditional(exchange, {
    status: 200,
    headers: {
      ...headers,
      ...carHeaders,
      etag: `"${name}.${part}.car"`,
      'content-length': carLength(cid, [head, ...rest]),
    },
    stream: writeCar(cid, stored),
  })
}

async function blocksUnder(
  { pins, read }: Serving,
  wanted: 'block' | 'all' | EntityBytes,
  { owner, opens }: Reader,
  cid: CID,
): Promise<PinnedBlock[]> {
  if (wanted === 'block') return [sizeOf({ cid, bytes: await read(cid) })]
  if (wanted === 'all') {
    const pinned = await pins.blocksOf(owner, cid.multihash.bytes)
    if (pinned) return pinned
  }
  // A leaf that was pinned as bytes may read as a list of somebody else's blocks: each is asked about anew.
  const readOpened = async (block: CID) => {
    if (await opens(block)) return await read(block)
    throw new CarekeyError('not-found', 'Not every block under this CID is yours to read.')
  }
  const blocks: PinnedBlock[] = []
  const walk = wanted === 'all' ? walkDag(cid, readOpened) : walkEntity(cid, wanted, readOpened)
  try {
    for await (const block of walk) blocks.push(sizeOf(block))
  } catch (error) {
    if (error instanceof DagRefused) throw new CarekeyError('record-damaged', error.message, { cause: error })
    throw error
  }
  return blocks
}

const sizeOf = ({ cid, bytes }: Block): PinnedBlock => ({ cid, bytes: bytes.byteLength })
