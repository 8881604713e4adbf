import { type Address, type Hex, hexToBigInt, recoverTypedDataAddress, size, slice } from 'viem'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { TypedData } from '../../../shared/protocol/typed-data.ts'

const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** Throws CarekeyError `signature-wrong` unless `signer` made the signature. */
export async function requireSigner(data: TypedData, signature: Hex, signer: Address): Promise<void> {
  if ((await signerOf(data, signature)) !== signer.toLowerCase()) {
    throw new CarekeyError('signature-wrong', 'The signature is not the organization’s registered one.')
  }
}

/** Who signed, in lower case; `undefined` for a signature that the ledger would not take either. */
export async function signerOf(data: TypedData, signature: Hex): Promise<string | undefined> {
  if (!wellFormed(signature)) return undefined
  const signer = await recoverTypedDataAddress({ ...data, signature }).catch(() => undefined)
  return signer?.toLowerCase()
}

// The ledger's form (protocol, section 2): 65 bytes, a low s, v 27 or 28. viem alone would take more.
function wellFormed(signature: Hex): boolean {
  if (size(signature) !== 65) return false
  const v = Number(slice(signature, 64, 65))
  return (v === 27 || v === 28) && hexToBigInt(slice(signature, 32, 64)) <= halfOrder
}
