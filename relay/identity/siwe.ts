import { isAddress } from 'viem'
import { parseSiweMessage, validateSiweMessage } from 'viem/siwe'
import { z } from 'zod'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { addressSchema, hash32Schema, signatureSchema } from '../../shared/protocol/ids.ts'
import { limits } from '../../shared/protocol/limits.ts'
import { signerOfMessage } from '../../shared/protocol/signature.ts'
import type { Account } from './tokens.ts'

const messageMaxCharacters = 4_096

/** `POST /auth/siwe`: a message of EIP-4361, as any wallet shows and signs it. */
export const siweSchema = z.strictObject({
  message: z.string().max(messageMaxCharacters),
  signature: signatureSchema,
})

export interface SiweExpected {
  /** This relay's origin. */
  audience: string
  chainId: number
  /** Unix seconds. */
  now: number
}

/**
 * Who signed the message, for this relay, this chain and this time; and its nonce, which is still to be used up.
 * @throws CarekeyError `params-invalid`, `origin-refused`, `deadline-passed`, `deadline-too-far`, `signature-wrong`
 */
export async function readSiwe(
  { message, signature }: z.output<typeof siweSchema>,
  { audience, chainId, now }: SiweExpected,
): Promise<{ account: Account; nonce: `0x${string}` }> {
  const fields = parseSiweMessage(message)
  const { address, nonce, expirationTime } = fields
  const given = hash32Schema.safeParse(nonce)
  if (!address || !isAddress(address) || !given.success || fields.version !== '1') throw malformed()
  if (fields.chainId !== chainId)
    throw new CarekeyError('origin-refused', 'The message is for another chain.')
  const { host, origin } = new URL(audience)
  if (fields.domain !== host || !fields.uri || new URL(fields.uri).origin !== origin) {
    throw new CarekeyError('origin-refused', 'The message is meant for another relay.')
  }
  if (!expirationTime) throw malformed()
  if (expirationTime.getTime() / 1_000 > now + limits.signInMaxSeconds + limits.clockSkewSeconds) {
    throw new CarekeyError('deadline-too-far', 'The message is good for too long.')
  }
  if (!validateSiweMessage({ message: fields, time: new Date(now * 1_000) })) {
    throw new CarekeyError('deadline-passed', 'The message is not good now.')
  }
  const account = addressSchema.parse(address.toLowerCase())
  if ((await signerOfMessage(message, signature)) !== account) {
    throw new CarekeyError('signature-wrong', 'The message is not signed by the account that it names.')
  }
  return { account, nonce: given.data }
}

const malformed = () =>
  new CarekeyError(
    'params-invalid',
    'This is not a sign-in message of EIP-4361 with version 1, address, nonce and expiration time.',
  )
