import { encodeAbiParameters, keccak256 } from 'viem'
import { z } from 'zod'
import {
  type Commitment,
  commitmentSchema,
  hash32Schema,
  type OrganizationId,
  organizationIdSchema,
  type Pseudonym,
  pseudonymSchema,
  signatureSchema,
  unixSecondsSchema,
} from './ids.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** In the order of `IAttestations.Choice`; the ledger's 0 is none. */
export const voteChoices = [
  'approve',
  'wrong-patient',
  'implausible',
  'duplicate',
  'incomplete',
  'wrong-amount',
  'other',
] as const
export const voteChoiceSchema = z.enum(voteChoices)
/** For a deposit, or the reason against it. */
export type VoteChoice = z.infer<typeof voteChoiceSchema>

/** The ledger's key of what is voted on. */
export const depositIdSchema = hash32Schema.brand<'DepositId'>()
export type DepositId = z.infer<typeof depositIdSchema>

/** Which supporting organizations an author names from now on. */
export const namingSchema = z.strictObject({
  author: organizationIdSchema,
  /** Ascending */
  supporters: z.array(organizationIdSchema).max(16),
  /** One more than the author's last, the first being 1 */
  round: z.int().min(1),
  deadline: unixSecondsSchema,
})
export type Naming = z.infer<typeof namingSchema>

/** What an author asks its supporters to vote on. */
export const depositSchema = z.strictObject({
  author: organizationIdSchema,
  commitment: commitmentSchema,
  subject: pseudonymSchema,
  votingUntil: unixSecondsSchema,
  deadline: unixSecondsSchema,
})
export type Deposit = z.infer<typeof depositSchema>

export const voteSchema = z.strictObject({
  deposit: depositIdSchema,
  voter: organizationIdSchema,
  choice: voteChoiceSchema,
  /** Above that of the voter's last vote on this deposit */
  round: z.int().min(1).max(127),
  deadline: unixSecondsSchema,
})
export type Vote = z.infer<typeof voteSchema>

const signed = { signature: signatureSchema }
export const signedNamingSchema = z.strictObject({ naming: namingSchema, ...signed })
export const signedDepositSchema = z.strictObject({ deposit: depositSchema, ...signed })
export const signedVoteSchema = z.strictObject({ vote: voteSchema, ...signed })
export type SignedNaming = z.infer<typeof signedNamingSchema>
export type SignedDeposit = z.infer<typeof signedDepositSchema>
export type SignedVote = z.infer<typeof signedVoteSchema>

/** Votes of supporters that an author asks for; whether they may read the record is for the patient to say. */
export const reviewWishSchema = z.strictObject({
  ...signedDepositSchema.shape,
  /** Those that the author names on the ledger, ascending. */
  supporters: z.array(organizationIdSchema).min(1).max(16),
})
export type ReviewWish = z.infer<typeof reviewWishSchema>

/** One record of one author about one patient is voted on once. */
export const depositIdOf = (author: OrganizationId, commitment: Commitment, subject: Pseudonym): DepositId =>
  depositIdSchema.parse(
    keccak256(
      encodeAbiParameters(
        [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'address' }],
        [author, commitment, subject],
      ),
    ),
  )

/** The choice as the contract takes it. */
export const choiceNumber = (choice: VoteChoice): number => voteChoices.indexOf(choice) + 1

export const namingTypedData = (deployment: Deployment, naming: Naming): TypedData =>
  typedData(deployment, 'Naming', {
    ...naming,
    round: BigInt(naming.round),
    deadline: BigInt(naming.deadline),
  })

export const depositMessage = (deposit: Deposit) => ({
  ...deposit,
  votingUntil: BigInt(deposit.votingUntil),
  deadline: BigInt(deposit.deadline),
})

export const depositTypedData = (deployment: Deployment, deposit: Deposit): TypedData =>
  typedData(deployment, 'Deposit', depositMessage(deposit))

export const voteTypedData = (deployment: Deployment, vote: Vote): TypedData =>
  typedData(deployment, 'Vote', {
    ...vote,
    choice: choiceNumber(vote.choice),
    round: BigInt(vote.round),
    deadline: BigInt(vote.deadline),
  })
