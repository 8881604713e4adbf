import { encodeFunctionData, getContract } from 'viem'
import { z } from 'zod'
import { type Deposit, type DepositId, depositIdOf } from '../protocol/attestation.ts'
import type { SignedAppraisal } from '../protocol/credit.ts'
import type { OrganizationId } from '../protocol/ids.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import { type CastVote, readVotes } from './attestations.ts'
import { type Call, partsOf } from './calls.ts'
import { creditsAbi } from './generated/credits.ts'
import { type Ledger, reading } from './ledger.ts'
import { listOrganizations } from './organizations.ts'
import { wholeNumberSchema } from './seconds.ts'

/** What names a deposit. */
export type Claimed = Pick<Deposit, 'author' | 'commitment' | 'subject'>

/** One line of the page of standings. */
export interface CreditStanding {
  organization: OrganizationId
  name: string
  /** Points by their age: a fresh one counts twelve, one of eleven months one */
  weight: number
}

/** Credits the author; anyone may send it. `votes` is what `readVotes` answers: it has the appraisers' places. */
export const encodeClaim = (
  deployment: Deployment,
  { author, commitment, subject }: Claimed,
  appraisals: readonly SignedAppraisal[] = [],
  votes: readonly CastVote[] = [],
): Call => ({
  to: laterContract(deployment, 'credits'),
  data: encodeFunctionData({
    abi: creditsAbi,
    functionName: 'claim',
    args: [
      author,
      commitment,
      subject,
      appraisals
        .map(({ appraisal, signature }) => ({
          index: BigInt(votes.findIndex(({ voter }) => voter === appraisal.voter)),
          deadline: BigInt(appraisal.deadline),
          signature: partsOf(signature),
        }))
        .sort((a, b) => Number(a.index - b.index)),
    ],
  }),
})

/** The same where each appraisal stands beside its voter's place. */
export const encodePlacedClaim = (
  deployment: Deployment,
  { author, commitment, subject }: Claimed,
  appraisals: readonly { index: number; signed: SignedAppraisal }[],
): Call => ({
  to: laterContract(deployment, 'credits'),
  data: encodeFunctionData({
    abi: creditsAbi,
    functionName: 'claim',
    args: [
      author,
      commitment,
      subject,
      appraisals.map(({ index, signed: { appraisal, signature } }) => ({
        index: BigInt(index),
        deadline: BigInt(appraisal.deadline),
        signature: partsOf(signature),
      })),
    ],
  }),
})

/** Takes back what a disputed deposit earned; anyone may send it once the dispute was upheld. */
export const encodeClawBack = (deployment: Deployment, { author, commitment, subject }: Claimed): Call => ({
  to: laterContract(deployment, 'credits'),
  data: encodeFunctionData({
    abi: creditsAbi,
    functionName: 'clawBack',
    args: [author, commitment, subject],
  }),
})

/** The claim with the places of its appraisers looked up. */
export async function prepareClaim(
  ledger: Ledger,
  claimed: Claimed,
  appraisals: readonly SignedAppraisal[] = [],
): Promise<Call> {
  const id = depositIdOf(claimed.author, claimed.commitment, claimed.subject)
  return encodeClaim(ledger.deployment, claimed, appraisals, await readVotes(ledger, id))
}

const creditSchema = z
  .object({ epoch: wholeNumberSchema, points: z.int().min(0), clawedBack: z.boolean() })
  .transform(({ points, clawedBack }) => ({ points, clawedBack }))

/** What a deposit earned. */
export const readCredit = async (ledger: Ledger, deposit: DepositId) =>
  creditSchema.parse(await reading(contractOf(ledger).read.creditOf([deposit])))

export const readStanding = async (ledger: Ledger, organization: OrganizationId): Promise<number> =>
  wholeNumberSchema.parse(await reading(contractOf(ledger).read.standingOf([organization])))

/** Every registered organization, the highest standing first. */
export async function readStandings(ledger: Ledger): Promise<CreditStanding[]> {
  const organizations = await listOrganizations(ledger)
  const standings = await Promise.all(
    organizations.map(async ({ id, name }) => ({
      organization: id,
      name,
      weight: await readStanding(ledger, id),
    })),
  )
  return standings.sort((a, b) => b.weight - a.weight || a.name.localeCompare(b.name))
}

const contractOf = (ledger: Ledger) =>
  getContract({
    abi: creditsAbi,
    address: laterContract(ledger.deployment, 'credits'),
    client: ledger.client,
  })
