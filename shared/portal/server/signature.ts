import { type Address, type Hex, hexToBigInt, recoverTypedDataAddress, size, slice } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { CarekeyError } from '../../protocol/errors.ts'
import { signatureSchema } from '../../protocol/ids.ts'
import type { TypedData } from '../../protocol/typed-data.ts'

export const sign = async (account: PrivateKeyAccount, data: TypedData): Promise<`0x${string}`> =>
  signatureSchema.parse(await account.signTypedData(data))

/** @throws CarekeyError `signature-wrong` unless `signer` made the signature. */
export async function requireSigner(
  data: TypedData,
  signature: Hex,
  signer: Address,
  what: string,
): Promise<void> {
  const recovered = wellFormed(signature)
    ? await recoverTypedDataAddress({ ...data, signature }).catch(() => undefined)
    : undefined
  if (recovered?.toLowerCase() !== signer.toLowerCase()) {
    throw new CarekeyError('signature-wrong', `The signature under ${what} is not the right one.`)
  }
}

const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

// The ledger's form (protocol, section 2): 65 bytes, a low s, v 27 or 28. viem alone would take more.
function wellFormed(signature: Hex): boolean {
  if (size(signature) !== 65) return false
  const v = Number(slice(signature, 64, 65))
  return (v === 27 || v === 28) && hexToBigInt(slice(signature, 32, 64)) <= halfOrder
}
