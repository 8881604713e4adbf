import { type Hex, hexToBigInt, recoverMessageAddress, recoverTypedDataAddress, size, slice } from 'viem'
import type { TypedData } from './typed-data.ts'

/** Half the order of secp256k1: a signature has a twin above it. */
const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** Who signed, in lower case; `undefined` for a signature that the ledger would not take either. */
export const signerOf = (data: TypedData, signature: Hex): Promise<Hex | undefined> =>
  recovered(signature, () => recoverTypedDataAddress({ ...data, signature }))

/** The same of a text that a wallet signed as it is (EIP-191). */
export const signerOfMessage = (message: string, signature: Hex): Promise<Hex | undefined> =>
  recovered(signature, () => recoverMessageAddress({ message, signature }))

async function recovered(signature: Hex, recover: () => Promise<Hex>): Promise<Hex | undefined> {
  if (!isWellFormed(signature)) return undefined
  try {
    return (await recover()).toLowerCase() as Hex
  } catch {
    return undefined
  }
}

// The ledger's form (protocol, section 2): 65 bytes, a low s, v 27 or 28. viem alone would take more.
function isWellFormed(signature: Hex): boolean {
  if (size(signature) !== 65) return false
  const v = Number(slice(signature, 64, 65))
  return (v === 27 || v === 28) && hexToBigInt(slice(signature, 32, 64)) <= halfOrder
}
