import { multihashToIPNSRoutingKey, unmarshalIPNSRecord } from 'ipns'
import { ipnsValidator } from 'ipns/validator'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type CidText, cidSchema } from '../../shared/protocol/ids.ts'

/** Where the newest backup lies, and its place in the order of backups. */
export interface BackupPointer {
  cid: CidText
  sequence: bigint
}

/** Reads an IPNS record. Throws CarekeyError `record-damaged` unless it is signed by the name's own key. */
export async function readPointer(name: string, record: Uint8Array): Promise<BackupPointer> {
  try {
    const { multihash } = CID.parse(name, base36)
    // An IPNS name is the public key itself, in an identity hash.
    const key = multihashToIPNSRoutingKey(multihash as Parameters<typeof multihashToIPNSRoutingKey>[0])
    await ipnsValidator(key, record)
    const { value, sequence } = unmarshalIPNSRecord(record)
    return { cid: cidSchema.parse(value.replace(/^\/ipfs\//, '')), sequence }
  } catch (cause) {
    throw new CarekeyError('record-damaged', 'The relay’s note of where the backup lies is not ours.', {
      cause,
    })
  }
}
