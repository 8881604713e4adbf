import { CarekeyError } from '../../shared/protocol/errors.ts'
import { signerOf } from '../../shared/protocol/signature.ts'
import type { TypedData } from '../../shared/protocol/typed-data.ts'

/** @throws CarekeyError `signature-wrong` unless `expected` signed exactly this. */
export async function requireSigner(
  data: TypedData,
  signature: `0x${string}`,
  expected: `0x${string}`,
): Promise<void> {
  if ((await signerOf(data, signature)) !== expected.toLowerCase()) {
    throw new CarekeyError('signature-wrong', 'The signature is not by the account that it names.')
  }
}
