import { encodeFunctionData, getContract } from 'viem'
import { z } from 'zod'
import { categories } from '../protocol/categories.ts'
import { type OrganizationId, organizationIdSchema } from '../protocol/ids.ts'
import { publicationMessage, type SignedPublication, sexes } from '../protocol/statistics.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import { type Call, partsOf } from './calls.ts'
import { type BlockRange, inPieces, placeOf, placeSchema } from './events.ts'
import { statisticsAbi } from './generated/statistics.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const rowSchema = z.object({
  /** Null for a category that this version does not know */
  category: z.int().transform((number) => categories[number - 1] ?? null),
  ageBand: z.int().min(0).max(9),
  sex: z
    .int()
    .min(0)
    .max(sexes.length - 1)
    .transform((index) => sexes[index] as (typeof sexes)[number]),
  records: z.int().min(0),
  diagnoses: z.int().min(0),
})

const publishedSchema = placeSchema.extend({
  organization: organizationIdSchema,
  from: wholeNumberSchema,
  until: wholeNumberSchema,
  rows: z.array(rowSchema),
})
/** One organization's counts of one period. */
export type PublishedEvent = z.infer<typeof publishedSchema>

export const encodePublication = (
  deployment: Deployment,
  { publication, signature }: SignedPublication,
): Call => ({
  to: laterContract(deployment, 'statistics'),
  data: encodeFunctionData({
    abi: statisticsAbi,
    functionName: 'publish',
    args: [publicationMessage(publication), partsOf(signature)],
  }),
})

/** Where an organization's next period may begin, in Unix seconds; 0 if it published nothing. */
export async function readPublishedUntil(ledger: Ledger, organization: OrganizationId): Promise<number> {
  const contract = getContract({
    abi: statisticsAbi,
    address: laterContract(ledger.deployment, 'statistics'),
    client: ledger.client,
  })
  return wholeNumberSchema.parse(await reading(contract.read.publishedUntil([organization])))
}

/** What was published, oldest first: by all organizations, or by one. */
export async function readStatistics(
  ledger: Ledger,
  of: { organization?: OrganizationId } = {},
  range: BlockRange = {},
): Promise<PublishedEvent[]> {
  const logs = await inPieces(ledger, range, (blocks) =>
    ledger.client.getContractEvents({
      abi: statisticsAbi,
      address: laterContract(ledger.deployment, 'statistics'),
      eventName: 'Published',
      args: of,
      strict: true,
      ...blocks,
    }),
  )
  return Promise.all(
    logs.map(async (log) => publishedSchema.parse({ ...log.args, ...(await placeOf(ledger, log)) })),
  )
}
