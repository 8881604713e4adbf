import { encodeFunctionData, getContract } from 'viem'
import { z } from 'zod'
import {
  disputeReasonNumber,
  disputeReasons,
  type SignedDispute,
  type Tombstone,
} from '../protocol/dispute.ts'
import {
  type Commitment,
  commitmentSchema,
  hash32Schema,
  type Pseudonym,
  pseudonymSchema,
} from '../protocol/ids.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import { type Call, partsOf } from './calls.ts'
import { type BlockRange, inPieces, placeOf, placeSchema } from './events.ts'
import { disputesAbi } from './generated/disputes.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const statuses = ['none', 'open', 'upheld', 'dismissed'] as const

const reasonSchema = z
  .int()
  .min(0)
  .max(disputeReasons.length)
  .transform((index) => disputeReasons[index - 1] ?? null)

const stateSchema = z.object({
  status: z
    .int()
    .min(0)
    .max(statuses.length - 1)
    .transform((index) => statuses[index] as (typeof statuses)[number]),
  reason: reasonSchema,
  /** Unix seconds, as all here; 0 where it has not happened */
  disputedAt: wholeNumberSchema,
  resolvedAt: wholeNumberSchema,
  tombstonedAt: wholeNumberSchema,
})
/** What a pseudonym said about a commitment, and what was answered. */
export type DisputeState = z.infer<typeof stateSchema>

export const encodeDispute = (deployment: Deployment, { dispute, signature }: SignedDispute): Call => ({
  to: laterContract(deployment, 'disputes'),
  data: encodeFunctionData({
    abi: disputesAbi,
    functionName: 'dispute',
    args: [
      dispute.subject,
      dispute.commitment,
      disputeReasonNumber(dispute.reason),
      dispute.reasonHash,
      BigInt(dispute.deadline),
      partsOf(signature),
    ],
  }),
})

export const encodeTombstone = (
  deployment: Deployment,
  { subject, commitment, deadline, signature }: Tombstone,
): Call => ({
  to: laterContract(deployment, 'disputes'),
  data: encodeFunctionData({
    abi: disputesAbi,
    functionName: 'tombstone',
    args: [subject, commitment, BigInt(deadline), partsOf(signature)],
  }),
})

/** An adjudicator's answer, sent by the adjudicator's own account. */
export const encodeResolveDispute = (
  deployment: Deployment,
  {
    subject,
    commitment,
    upheld,
    findingsHash,
  }: { subject: Pseudonym; commitment: Commitment; upheld: boolean; findingsHash: `0x${string}` },
): Call => ({
  to: laterContract(deployment, 'disputes'),
  data: encodeFunctionData({
    abi: disputesAbi,
    functionName: 'resolve',
    args: [subject, commitment, upheld, findingsHash],
  }),
})

/** Compare `subject` with the anchor's or the deposit's: anyone may dispute under a pseudonym of their own. */
export async function readDispute(
  ledger: Ledger,
  subject: Pseudonym,
  commitment: Commitment,
): Promise<DisputeState> {
  const contract = getContract({
    abi: disputesAbi,
    address: laterContract(ledger.deployment, 'disputes'),
    client: ledger.client,
  })
  return stateSchema.parse(await reading(contract.read.disputeOf([subject, commitment])))
}

const disputedSchema = placeSchema.extend({
  commitment: commitmentSchema,
  subject: pseudonymSchema,
  reason: reasonSchema,
  reasonHash: hash32Schema,
})
export type DisputedEvent = z.infer<typeof disputedSchema>

/** Disputes as they came to the ledger, oldest first: all, or those about a commitment or by a pseudonym. */
export async function readDisputes(
  ledger: Ledger,
  about: { commitment?: Commitment; subject?: Pseudonym } = {},
  range: BlockRange = {},
): Promise<DisputedEvent[]> {
  const logs = await inPieces(ledger, range, (blocks) =>
    ledger.client.getContractEvents({
      abi: disputesAbi,
      address: laterContract(ledger.deployment, 'disputes'),
      eventName: 'Disputed',
      args: about,
      strict: true,
      ...blocks,
    }),
  )
  return Promise.all(
    logs.map(async (log) => disputedSchema.parse({ ...log.args, ...(await placeOf(ledger, log)) })),
  )
}
