import type { Address, Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { CarekeyError } from '../../protocol/errors.ts'
import { signatureSchema } from '../../protocol/ids.ts'
import { signerOf } from '../../protocol/signature.ts'
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
  if ((await signerOf(data, signature)) !== signer.toLowerCase()) {
    throw new CarekeyError('signature-wrong', `The signature under ${what} is not the right one.`)
  }
}
