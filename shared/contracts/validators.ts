import { type Address, encodeFunctionData, getContract } from 'viem'
import { z } from 'zod'
import type { SignedCandidacy } from '../protocol/credit.ts'
import { addressSchema, organizationIdSchema } from '../protocol/ids.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import { type Call, partsOf } from './calls.ts'
import { validatorsAbi } from './generated/validators.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

/** An organization stands for election. */
export const encodeCandidacy = (deployment: Deployment, { candidacy, signature }: SignedCandidacy): Call => ({
  to: laterContract(deployment, 'validators'),
  data: encodeFunctionData({
    abi: validatorsAbi,
    functionName: 'stand',
    args: [
      candidacy.organization,
      candidacy.node,
      BigInt(candidacy.round),
      BigInt(candidacy.deadline),
      partsOf(signature),
    ],
  }),
})

/** Fills the elected seats by standing, once a term; anyone may send it. */
export const encodeElect = (deployment: Deployment): Call => ({
  to: laterContract(deployment, 'validators'),
  data: encodeFunctionData({ abi: validatorsAbi, functionName: 'elect' }),
})

/** One registrar's proposal of all the appointed seats. */
export const encodeProposeSeats = (deployment: Deployment, nodes: readonly Address[]): Call => ({
  to: laterContract(deployment, 'validators'),
  data: encodeFunctionData({ abi: validatorsAbi, functionName: 'propose', args: [ascending(nodes)] }),
})

/** Another registrar's confirmation, two days later at the earliest. */
export const encodeConfirmSeats = (deployment: Deployment, nodes: readonly Address[]): Call => ({
  to: laterContract(deployment, 'validators'),
  data: encodeFunctionData({ abi: validatorsAbi, functionName: 'confirm', args: [ascending(nodes)] }),
})

const seatsSchema = z.object({
  /** Who produces blocks now */
  validators: z.array(addressSchema),
  appointed: z.array(addressSchema),
  /** The highest standing first */
  elected: z.array(organizationIdSchema),
  candidates: z.array(organizationIdSchema),
  /** Unix seconds; 0 before the first election */
  termUntil: wholeNumberSchema,
})
export type Seats = z.infer<typeof seatsSchema>

/** Who produces blocks, and by what right. */
export async function readSeats(ledger: Ledger): Promise<Seats> {
  const contract = getContract({
    abi: validatorsAbi,
    address: laterContract(ledger.deployment, 'validators'),
    client: ledger.client,
  })
  const [validators, appointed, [elected, termUntil], candidates] = await reading(
    Promise.all([
      contract.read.getValidators(),
      contract.read.appointed(),
      contract.read.elected(),
      contract.read.candidates(),
    ]),
  )
  return seatsSchema.parse({ validators, appointed, elected, candidates, termUntil })
}

const ascending = (nodes: readonly Address[]): Address[] =>
  [...nodes].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
