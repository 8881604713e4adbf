import { createHash, randomBytes } from 'node:crypto'
import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { writeCar } from '../storage/car.ts'
import type { Block } from '../storage/dag.ts'

const RAW = 0x55
const SHA2_256 = 0x12

export const cidOf = (code: number, bytes: Uint8Array): CID =>
  CID.createV1(code, Digest.create(SHA2_256, createHash('sha256').update(bytes).digest()))

export const rawBlock = (bytes: Uint8Array): Block => ({ cid: cidOf(RAW, bytes), bytes })

/** A dag-pb node over other blocks. */
export function nodeOver(children: readonly Block[]): Block {
  const bytes = dagPb.encode(
    dagPb.prepare({
      Links: children.map(({ cid, bytes: { byteLength: Tsize } }) => ({ Hash: cid, Tsize, Name: '' })),
    }),
  )
  return { cid: cidOf(dagPb.code, bytes), bytes }
}

export async function carOf(
  root: CID,
  blocks: readonly Block[],
): Promise<{ root: CID; bytes: Uint8Array; blocks: readonly Block[] }> {
  async function* each(): AsyncGenerator<Block> {
    yield* blocks
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of writeCar(root, each())) chunks.push(chunk)
  return { root, bytes: new Uint8Array(Buffer.concat(chunks)), blocks }
}

/** A file of random bytes in that many leaves under one node. */
export function randomCar(leaves: number, leafBytes: number) {
  const blocks = Array.from({ length: leaves }, () => rawBlock(randomBytes(leafBytes)))
  const root = nodeOver(blocks)
  return carOf(root.cid, [root, ...blocks])
}
