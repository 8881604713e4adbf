import {
  type Address,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  hexToNumber,
  size,
  slice,
  toFunctionSelector,
} from 'viem'
import { type AcceptedAnchor, anchorMessage } from '../protocol/anchor.ts'
import { CarekeyError } from '../protocol/errors.ts'
import { type Access, grantMessage, type Revocation, type SignedGrant } from '../protocol/grant.ts'
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

/** The only calls that a sponsor pays for: each names its contract and its function. */
export const sponsoredCalls = {
  grant: {
    contract: 'consents',
    selector: toFunctionSelector(getAbiItem({ abi: consentsAbi, name: 'grant' })),
  },
  revocation: {
    contract: 'consents',
    selector: toFunctionSelector(getAbiItem({ abi: consentsAbi, name: 'revoke' })),
  },
  access: {
    contract: 'consents',
    selector: toFunctionSelector(getAbiItem({ abi: consentsAbi, name: 'logAccess' })),
  },
  anchor: {
    contract: 'records',
    selector: toFunctionSelector(getAbiItem({ abi: recordsAbi, name: 'anchor' })),
  },
} as const

/** Which act a call is, by target and selector; null for anything that a sponsor must not pay for. */
export function sponsoredKindOf(deployment: Deployment, call: Call): keyof typeof sponsoredCalls | null {
  const selector = call.data.slice(0, '0x'.length + 8).toLowerCase()
  const to = call.to.toLowerCase()
  for (const [kind, allowed] of Object.entries(sponsoredCalls)) {
    if (deployment.contracts[allowed.contract].toLowerCase() === to && allowed.selector === selector) {
      return kind as keyof typeof sponsoredCalls
    }
  }
  return null
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
