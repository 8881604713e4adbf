import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { BlockLost, type BlockStore, hasHash, hex } from './block-store.ts'

export interface S3Place {
  bucket: string
  /** Before every name, such as `carekey/`; may be empty. */
  prefix: string
  /** Of a store that is not Amazon's; null for Amazon's own. */
  endpoint: string | null
  region: string
}

const attempts = 4

/**
 * Blocks as objects named by their sha-256, in any store that speaks S3; credentials come from where its tools look (`AWS_ACCESS_KEY_ID`, …).
 * An object is there whole or not at all, and once acknowledged it stays: what `put` promises is the store's own promise.
 */
export class S3Blocks implements BlockStore {
  readonly #place: S3Place
  readonly #client: S3Client

  constructor(place: S3Place) {
    this.#place = place
    this.#client = new S3Client({
      region: place.region,
      maxAttempts: attempts,
      ...(place.endpoint === null ? {} : { endpoint: place.endpoint, forcePathStyle: true }),
      // Our own hash is checked at each end; not every store knows Amazon's newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    })
  }

  /** Rejects when the bucket is not there, or not ours. */
  async start(): Promise<void> {
    await this.#client.send(new HeadBucketCommand({ Bucket: this.#place.bucket }))
  }

  async put(multihash: Uint8Array, bytes: Uint8Array): Promise<void> {
    if (!hasHash(multihash, bytes)) throw new BlockLost(multihash, true)
    await this.#client.send(
      new PutObjectCommand({ ...this.#at(multihash), Body: bytes, ContentLength: bytes.byteLength }),
    )
  }

  async get(multihash: Uint8Array): Promise<Uint8Array> {
    const bytes = await this.#read(multihash)
    if (bytes === null) throw new BlockLost(multihash, false)
    if (!hasHash(multihash, bytes)) throw new BlockLost(multihash, true)
    return bytes
  }

  async delete(multihash: Uint8Array): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#at(multihash)))
  }

  async stop(): Promise<void> {
    this.#client.destroy()
  }

  async #read(multihash: Uint8Array): Promise<Uint8Array | null> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#at(multihash)))
      return Body ? await Body.transformToByteArray() : null
    } catch (error) {
      if (error instanceof NoSuchKey) return null
      throw error
    }
  }

  #at(multihash: Uint8Array): { Bucket: string; Key: string } {
    return { Bucket: this.#place.bucket, Key: `${this.#place.prefix}${hex(multihash)}` }
  }
}
