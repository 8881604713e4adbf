import { hexToBigInt, isAddressEqual, recoverTypedDataAddress, slice } from 'viem'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { TypedData } from '../../shared/protocol/typed-data.ts'

/** Half the order of secp256k1: a signature has a twin above it, which is refused (protocol, section 2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** @throws CarekeyError `signature-wrong` unless `expected` signed exactly this. */
export async function requireSigner(
  data: TypedData,
  signature: `0x${string}`,
  expected: `0x${string}`,
): Promise<void> {
  if (!(await isSignedBy(data, signature, expected))) {
    throw new CarekeyError('signature-wrong', 'The signature is not by the account that it names.')
  }
}

async function isSignedBy(
  data: TypedData,
  signature: `0x${string}`,
  expected: `0x${string}`,
): Promise<boolean> {
  const v = Number.parseInt(signature.slice(-2), 16)
  if (v !== 27 && v !== 28) return false
  if (hexToBigInt(slice(signature, 32, 64)) > HALF_ORDER) return false
  try {
    return isAddressEqual(await recoverTypedDataAddress({ ...data, signature }), expected)
  } catch {
    return false
  }
}
