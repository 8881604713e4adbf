import { peerIdFromCID, peerIdFromString } from '@libp2p/peer-id'
import { multihashToIPNSRoutingKey, unmarshalIPNSRecord } from 'ipns'
import { ipnsValidator, validFor } from 'ipns/validator'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

/** The multihash of a name's public key. */
export type NameKey = Parameters<typeof multihashToIPNSRoutingKey>[0]

/** Any form of an IPNS name: CIDv1 in base36 (`k51…`) or base32, or a bare multihash. @throws CarekeyError `params-invalid` */
export function parseName(text: string): NameKey {
  try {
    const isCid = text.startsWith('k') || text.startsWith('b')
    const peer = isCid
      ? peerIdFromCID(text.startsWith('k') ? CID.parse(text, base36) : CID.parse(text))
      : peerIdFromString(text)
    if (peer.type === 'url') throw new TypeError('A URL has no key.')
    return peer.toMultihash()
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'This is not an IPNS name.', { cause })
  }
}

interface NameRow {
  sequence: string
  valid_until_ms: number
  record: Uint8Array
}

/** Newest record of each name. Records sign for themselves; this only refuses what is wrong or older. */
export class Names {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  async has(name: NameKey): Promise<boolean> {
    return (await this.#find(name)) !== null
  }

  async get(name: NameKey): Promise<Uint8Array | null> {
    const row = await this.#find(name)
    return row && row.valid_until_ms > this.#clock() ? row.record : null
  }

  /** @throws CarekeyError `params-invalid`, `signature-wrong`, `record-stale`, `quota-exceeded` */
  async put(name: NameKey, record: Uint8Array): Promise<void> {
    const { sequence, validUntilMs } = await this.#check(name, record)
    await this.#db.transaction(async () => {
      const current = await this.#find(name)
      if (current && Buffer.from(current.record).equals(record)) return
      if (current && !isNewer({ sequence, validUntilMs }, current)) {
        throw new CarekeyError(
          'record-stale',
          'A newer record of this name is here already. Read it, merge, and publish the next.',
        )
      }
      if (!current && (await this.#isFull()))
        throw new CarekeyError('storage-full', 'The relay holds no more names.')
      await this.#db.run(
        `INSERT INTO names VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
           sequence = excluded.sequence, valid_until_ms = excluded.valid_until_ms, record = excluded.record`,
        name.bytes,
        sequence,
        validUntilMs,
        record,
      )
    })
  }

  async sweep(): Promise<void> {
    await this.#db.run(
      'DELETE FROM names WHERE valid_until_ms <= ?',
      this.#clock() - relayLimits.ipnsKeptAfterExpiryMs,
    )
  }

  async #check(name: NameKey, record: Uint8Array): Promise<{ sequence: string; validUntilMs: number }> {
    try {
      const unmarshalled = unmarshalIPNSRecord(record)
      await ipnsValidator(multihashToIPNSRoutingKey(name), record)
      return {
        sequence: unmarshalled.sequence.toString().padStart(20, '0'),
        validUntilMs: Date.now() + validFor(unmarshalled),
      }
    } catch (cause) {
      const isSignature = cause instanceof Error && cause.name === 'SignatureVerificationError'
      throw new CarekeyError(
        isSignature ? 'signature-wrong' : 'params-invalid',
        isSignature
          ? 'The record is not signed by the key of this name.'
          : 'This is not a valid record of this name.',
        { cause },
      )
    }
  }

  #find(name: NameKey): Promise<NameRow | null> {
    return this.#db.one<NameRow>(
      'SELECT sequence, valid_until_ms, record FROM names WHERE name = ?',
      name.bytes,
    )
  }

  async #isFull(): Promise<boolean> {
    const row = await this.#db.one<{ count: number }>('SELECT count(*) AS count FROM names')
    return (row?.count ?? 0) >= relayLimits.ipnsNamesMax
  }
}

/** Of the same sequence, the one that lasts longer wins (IPNS record specification, section 3.4). */
function isNewer(offered: { sequence: string; validUntilMs: number }, current: NameRow): boolean {
  if (offered.sequence !== current.sequence) return offered.sequence > current.sequence
  return offered.validUntilMs > current.valid_until_ms
}
