import type { Address, Hex } from 'viem'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { signerOf } from '../../../shared/protocol/signature.ts'
import type { TypedData } from '../../../shared/protocol/typed-data.ts'

/** Throws CarekeyError `signature-wrong` unless `signer` made the signature. */
export async function requireSigner(data: TypedData, signature: Hex, signer: Address): Promise<void> {
  if ((await signerOf(data, signature)) !== signer.toLowerCase()) {
    throw new CarekeyError('signature-wrong', 'The signature is not the organization’s registered one.')
  }
}
