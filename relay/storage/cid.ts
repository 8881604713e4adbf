import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { z } from 'zod'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { relayLimits } from '../limits.ts'

const IDENTITY = 0x00
const SHA2_256 = 0x12

/** Any common form of a CID, as the Pinning Service API takes it; our own parts write CIDv1 in base32. */
export const anyCidSchema = z.string().min(8).max(256)

/** @throws CarekeyError `params-invalid` */
export function parseCid(text: string): CID {
  try {
    return text.startsWith('k') ? CID.parse(text, base36) : CID.parse(text)
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'This is not a CID.', { cause })
  }
}

/** The whole block is inside such a CID. */
export const isIdentity = (cid: CID): boolean => cid.multihash.code === IDENTITY

/** Whether the relay keeps blocks under this hash: sha-256, or inside the CID up to a bound. */
export function isKept(cid: CID): boolean {
  if (isIdentity(cid)) return cid.multihash.digest.byteLength <= relayLimits.identityCidMaxBytes
  return cid.multihash.code === SHA2_256 && cid.multihash.digest.byteLength === 32
}
