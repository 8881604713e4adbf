import { encodeFunctionData, getContract } from 'viem'
import { z } from 'zod'
import {
  choiceNumber,
  type Deposit,
  type DepositId,
  depositMessage,
  type SignedDeposit,
  type SignedNaming,
  type SignedVote,
  type VoteChoice,
  voteChoices,
} from '../protocol/attestation.ts'
import { type OrganizationId, organizationIdSchema } from '../protocol/ids.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import { type Call, partsOf } from './calls.ts'
import { attestationsAbi } from './generated/attestations.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const statuses = ['none', 'pending', 'confirmed', 'rejected'] as const

const tallySchema = z.object({
  status: z
    .int()
    .min(0)
    .max(statuses.length - 1)
    .transform((index) => statuses[index] as (typeof statuses)[number]),
  /** Whether the patient's acceptance is on the ledger */
  accepted: z.boolean(),
  /** Unix seconds, exclusive */
  votingUntil: wholeNumberSchema,
  approvals: wholeNumberSchema,
  rejections: wholeNumberSchema,
  supporters: wholeNumberSchema,
  /** Votes needed; 0 where nobody but the patient was asked */
  quorum: wholeNumberSchema,
})
/** Where a deposit stands; only `confirmed` may go into a main database. */
export type Tally = z.infer<typeof tallySchema>

/** One supporter's last vote. */
export interface CastVote {
  voter: OrganizationId
  /** Null if it has not voted */
  choice: VoteChoice | null
  /** 0 if it has not voted; the next vote needs a higher one */
  round: number
}

/** A registrar's approval that `supporter` may vote on what `author` deposits. */
export const encodeApproveSupport = (
  deployment: Deployment,
  author: OrganizationId,
  supporter: OrganizationId,
): Call => ({
  to: laterContract(deployment, 'attestations'),
  data: encodeFunctionData({ abi: attestationsAbi, functionName: 'approve', args: [author, supporter] }),
})

export const encodeWithdrawSupport = (
  deployment: Deployment,
  author: OrganizationId,
  supporter: OrganizationId,
): Call => ({
  to: laterContract(deployment, 'attestations'),
  data: encodeFunctionData({ abi: attestationsAbi, functionName: 'withdraw', args: [author, supporter] }),
})

export const encodeNameSupporters = (deployment: Deployment, { naming, signature }: SignedNaming): Call => ({
  to: laterContract(deployment, 'attestations'),
  data: encodeFunctionData({
    abi: attestationsAbi,
    functionName: 'nameSupporters',
    args: [
      naming.author,
      naming.supporters,
      BigInt(naming.round),
      BigInt(naming.deadline),
      partsOf(signature),
    ],
  }),
})

export const encodeOpenDeposit = (deployment: Deployment, { deposit, signature }: SignedDeposit): Call => ({
  to: laterContract(deployment, 'attestations'),
  data: encodeFunctionData({
    abi: attestationsAbi,
    functionName: 'open',
    args: [depositMessage(deposit), partsOf(signature)],
  }),
})

/** `index` is the voter's place in what `readVotes` answers. */
export const encodeVote = (deployment: Deployment, { vote, signature }: SignedVote, index: number): Call => ({
  to: laterContract(deployment, 'attestations'),
  data: encodeFunctionData({
    abi: attestationsAbi,
    functionName: 'vote',
    args: [
      vote.deposit,
      BigInt(index),
      choiceNumber(vote.choice),
      BigInt(vote.round),
      BigInt(vote.deadline),
      partsOf(signature),
    ],
  }),
})

/** The supporters that an author names now, and the round of that naming. */
export async function readSupporters(
  ledger: Ledger,
  author: OrganizationId,
): Promise<{ supporters: OrganizationId[]; round: number }> {
  const [supporters, round] = await reading(attestations(ledger).read.supportersOf([author]))
  return { supporters: z.array(organizationIdSchema).parse(supporters), round: Number(round) }
}

/** `none` with zeros if nobody opened it; at a block, by its number, or at the newest. */
export async function readTally(
  ledger: Ledger,
  { author, commitment, subject }: Pick<Deposit, 'author' | 'commitment' | 'subject'>,
  at: { blockNumber?: number } = {},
): Promise<Tally> {
  const options = at.blockNumber === undefined ? {} : { blockNumber: BigInt(at.blockNumber) }
  const answer = await reading(attestations(ledger).read.tallyOf([author, commitment, subject], options))
  return tallySchema.parse(answer)
}

/** Who may vote on a deposit, in the order of their places, and how each voted last. */
export async function readVotes(ledger: Ledger, id: DepositId): Promise<CastVote[]> {
  const [voters, choices, rounds] = await reading(attestations(ledger).read.votesOn([id]))
  return voters.map((voter, index) => ({
    voter: organizationIdSchema.parse(voter),
    choice: voteChoices[(choices[index] ?? 0) - 1] ?? null,
    round: Number(rounds[index] ?? 0),
  }))
}

const attestations = (ledger: Ledger) =>
  getContract({
    abi: attestationsAbi,
    address: laterContract(ledger.deployment, 'attestations'),
    client: ledger.client,
  })
