import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { practitionerIdSchema } from '../../protocol/ids.ts'
import type { PractitionerSignature } from '../../protocol/practitioner-signature.ts'
import type { TypedData } from '../../protocol/typed-data.ts'
import { parse } from './parse.ts'
import { sign } from './signature.ts'

/** Who signs inside the organization: registered under it by the authority, with a key of their own. */
export interface PractitionerKey {
  /** keccak256 of the identifier URI under which the authority registered the practitioner. */
  id: string
  /** `0x` and 64 hex digits. */
  signingKey: `0x${string}`
}

const keySchema = z.object({ id: practitionerIdSchema, signingKey: z.string().regex(/^0x[0-9a-fA-F]{64}$/) })

export function practitionerOf(key: PractitionerKey) {
  const { id } = parse(keySchema, key, 'The practitioner’s key')
  return {
    id,
    sign: async (data: TypedData): Promise<PractitionerSignature> => ({
      id,
      signature: await sign(privateKeyToAccount(key.signingKey), data),
    }),
  }
}
