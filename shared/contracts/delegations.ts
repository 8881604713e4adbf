import { encodeFunctionData, getContract } from 'viem'
import { z } from 'zod'
import {
  type DelegatedGrant,
  type DelegatedRevocation,
  type DelegationId,
  type DelegationRevocation,
  delegateRoles,
  delegationIdSchema,
  delegationMessage,
  type SignedDelegation,
} from '../protocol/delegation.ts'
import { grantMessage } from '../protocol/grant.ts'
import { addressSchema, type Pseudonym, pseudonymSchema } from '../protocol/ids.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import { type Call, partsOf } from './calls.ts'
import { type BlockRange, inPieces, placeOf, placeSchema } from './events.ts'
import { consentsAbi } from './generated/consents.ts'
import { delegationsAbi } from './generated/delegations.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const roleSchema = z
  .int()
  .min(0)
  .max(delegateRoles.length)
  .transform((index) => delegateRoles[index - 1] ?? null)

const keptSchema = z.object({
  delegate: addressSchema,
  role: roleSchema,
  notBefore: wholeNumberSchema,
  notAfter: wholeNumberSchema,
  revoked: z.boolean(),
})
/** What the ledger keeps of a delegation; `role` is null if nobody submitted it. */
export type DelegationState = z.infer<typeof keptSchema>

export const encodeDelegation = (
  deployment: Deployment,
  { delegation, signature }: SignedDelegation,
): Call => ({
  to: laterContract(deployment, 'delegations'),
  data: encodeFunctionData({
    abi: delegationsAbi,
    functionName: 'delegate',
    args: [delegationMessage(delegation), partsOf(signature)],
  }),
})

export const encodeDelegationRevocation = (
  deployment: Deployment,
  { patient, delegation, deadline, signature }: DelegationRevocation,
): Call => ({
  to: laterContract(deployment, 'delegations'),
  data: encodeFunctionData({
    abi: delegationsAbi,
    functionName: 'revokeDelegation',
    args: [patient, delegation, BigInt(deadline), partsOf(signature)],
  }),
})

/** A grant that a delegate signed in the patient's place. */
export const encodeDelegatedGrant = (
  deployment: Deployment,
  { delegation, grant, signature }: DelegatedGrant,
): Call => ({
  to: deployment.contracts.consents,
  data: encodeFunctionData({
    abi: consentsAbi,
    functionName: 'grantFor',
    args: [delegation, grantMessage(grant), partsOf(signature)],
  }),
})

/** A revocation that a delegate signed in the patient's place. */
export const encodeDelegatedRevocation = (
  deployment: Deployment,
  { delegation, patient, grant, deadline, signature }: DelegatedRevocation,
): Call => ({
  to: deployment.contracts.consents,
  data: encodeFunctionData({
    abi: consentsAbi,
    functionName: 'revokeFor',
    args: [delegation, patient, grant, BigInt(deadline), partsOf(signature)],
  }),
})

export async function readDelegation(
  ledger: Ledger,
  patient: Pseudonym,
  id: DelegationId,
): Promise<DelegationState> {
  const contract = getContract({
    abi: delegationsAbi,
    address: laterContract(ledger.deployment, 'delegations'),
    client: ledger.client,
  })
  return keptSchema.parse(await reading(contract.read.delegationOf([patient, id])))
}

const delegatedSchema = placeSchema.extend({
  id: delegationIdSchema,
  patient: pseudonymSchema,
  delegate: addressSchema,
  role: roleSchema,
  notBefore: wholeNumberSchema,
  notAfter: wholeNumberSchema,
})
/** A delegation as it came to the ledger; whether it was revoked since is `readDelegation`'s answer. */
export type DelegatedEvent = z.infer<typeof delegatedSchema>

/** The delegations that a pseudonym gave, or that a delegate's address holds, oldest first. */
export async function readDelegations(
  ledger: Ledger,
  of: { patient: Pseudonym } | { delegate: `0x${string}` },
  range: BlockRange = {},
): Promise<DelegatedEvent[]> {
  const logs = await inPieces(ledger, range, (blocks) =>
    ledger.client.getContractEvents({
      abi: delegationsAbi,
      address: laterContract(ledger.deployment, 'delegations'),
      eventName: 'Delegated',
      args: of,
      strict: true,
      ...blocks,
    }),
  )
  return Promise.all(
    logs.map(async (log) => delegatedSchema.parse({ ...log.args, ...(await placeOf(ledger, log)) })),
  )
}
