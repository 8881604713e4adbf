import type { Ed25519PrivateKey } from '@libp2p/interface'
import { createIPNSRecord, marshalIPNSRecord } from 'ipns'
import { base36 } from 'multiformats/bases/base36'
import { limits } from './limits.ts'

// Where the backup is found: an IPNS name that follows from the phrase (https://specs.ipfs.tech/ipns/ipns-record/).

/** The name as IPNS writes it: a CIDv1 of the public key in base36, `k51…`. */
export function pointerName(key: Ed25519PrivateKey): string {
  return key.publicKey.toCID().toString(base36)
}

/** A marshalled, signed record that points to `/ipfs/{cid}`. */
export async function pointerTo(key: Ed25519PrivateKey, cid: string, sequence: bigint): Promise<Uint8Array> {
  return marshalIPNSRecord(await createIPNSRecord(key, `/ipfs/${cid}`, sequence, limits.pointerLifetimeMs))
}
