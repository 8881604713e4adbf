import { type Address, encodeFunctionData, type Hex, hexToNumber, size, slice } from 'viem'
import { type AcceptedAnchor, anchorMessage } from '../protocol/anchor.ts'
import { CarekeyError } from '../protocol/errors.ts'
import {
  type Access,
  grantMessage,
  type Replacement,
  type Revocation,
  type SignedGrant,
} from '../protocol/grant.ts'
import type { Deployment } from '../protocol/typed-data.ts'
import { consentsAbi } from './generated/consents.ts'
import { recordsAbi } from './generated/records.ts'
import type { Ledger } from './ledger.ts'
import { asLedgerError } from './refusals.ts'

/** A transaction that anyone may send; it carries the signatures that it needs. */
export interface Call {
  to: Address
  data: Hex
}

export const encodeGrant = (deployment: Deployment, { grant, signature }: SignedGrant): Call => ({
  to: deployment.contracts.consents,
  data: encodeFunctionData({
    abi: consentsAbi,
    functionName: 'grant',
    args: [grantMessage(grant), partsOf(signature)],
  }),
})

export const encodeRevocation = (deployment: Deployment, revocation: Revocation): Call => ({
  to: deployment.contracts.consents,
  data: encodeFunctionData({
    abi: consentsAbi,
    functionName: 'revoke',
    args: [revocation.patient, revocation.grant, BigInt(revocation.deadline), partsOf(revocation.signature)],
  }),
})

/** Narrows or extends: the one grant is revoked and the other made, or neither. */
export const encodeReplacement = (
  deployment: Deployment,
  { revocation, grant, signature }: Replacement,
): Call => ({
  to: deployment.contracts.consents,
  data: encodeFunctionData({
    abi: consentsAbi,
    functionName: 'replace',
    args: [
      revocation.grant,
      BigInt(revocation.deadline),
      partsOf(revocation.signature),
      grantMessage(grant),
      partsOf(signature),
    ],
  }),
})

export const encodeAccess = (deployment: Deployment, access: Access): Call => ({
  to: deployment.contracts.consents,
  data: encodeFunctionData({
    abi: consentsAbi,
    functionName: 'logAccess',
    args: [grantMessage(access.grant), access.accessHash, BigInt(access.deadline), partsOf(access.signature)],
  }),
})

export const encodeAnchor = (deployment: Deployment, accepted: AcceptedAnchor): Call => ({
  to: deployment.contracts.records,
  data: encodeFunctionData({
    abi: recordsAbi,
    functionName: 'anchor',
    args: [
      anchorMessage(accepted.anchor),
      accepted.author,
      partsOf(accepted.signature),
      BigInt(accepted.acceptance.deadline),
      partsOf(accepted.acceptance.signature),
    ],
  }),
})

/** r, s and v as they stand: the ledger judges them. Nothing but the 65-byte form gets that far. */
export function partsOf(signature: Hex) {
  if (size(signature) !== 65) {
    throw new CarekeyError('signature-wrong', 'A signature for the ledger is 65 bytes long: sign again.')
  }
  return {
    v: hexToNumber(slice(signature, 64)),
    r: slice(signature, 0, 32),
    s: slice(signature, 32, 64),
  }
}

/** Tries a call on the newest block without sending it: null if it would pass, else the declared refusal. */
export async function simulate(ledger: Ledger, call: Call, from: Address): Promise<CarekeyError | null> {
  try {
    await ledger.client.call({ account: from, ...call })
    return null
  } catch (error) {
    return asLedgerError(error)
  }
}
