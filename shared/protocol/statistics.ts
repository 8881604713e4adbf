import { z } from 'zod'
import { categories, categorySchema } from './categories.ts'
import { organizationIdSchema, signatureSchema, unixSecondsSchema } from './ids.ts'
import { type Deployment, type TypedData, typedData } from './typed-data.ts'

/** Smallest count, of people as of records or diagnoses, that is published. */
export const smallestCount = 10

/** The ledger's numbers, from 0. */
export const sexes = ['unknown', 'female', 'male', 'other'] as const
export const sexSchema = z.enum(sexes)

const countSchema = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .refine((count) => count === 0 || count >= smallestCount, { message: 'Too few to be published.' })

/** How many; never about fewer than ten people. */
export const statisticsRowSchema = z.strictObject({
  category: categorySchema,
  /** Decade of life: 0 for 0–9 years, to 9 for 90 and more */
  ageBand: z.int().min(0).max(9),
  sex: sexSchema,
  records: countSchema,
  diagnoses: countSchema,
})
export type StatisticsRow = z.infer<typeof statisticsRowSchema>

/** What an organization states about one period. */
export const publicationSchema = z.strictObject({
  organization: organizationIdSchema,
  /** Unix seconds, inclusive */
  from: unixSecondsSchema,
  /** Unix seconds, exclusive */
  until: unixSecondsSchema,
  rows: z.array(statisticsRowSchema).max(512),
  deadline: unixSecondsSchema,
})
export type Publication = z.infer<typeof publicationSchema>

export const signedPublicationSchema = z.strictObject({
  publication: publicationSchema,
  signature: signatureSchema,
})
export type SignedPublication = z.infer<typeof signedPublicationSchema>

/** The ledger's number of a category; the list only ever grows at its end. */
export const categoryNumber = (category: StatisticsRow['category']): number =>
  categories.indexOf(category) + 1

/** A publication as the contract takes it: rows in ascending order. */
export const publicationMessage = (publication: Publication) => ({
  organization: publication.organization,
  from: BigInt(publication.from),
  until: BigInt(publication.until),
  rows: publication.rows
    .map((row) => ({ ...row, category: categoryNumber(row.category), sex: sexes.indexOf(row.sex) }))
    .sort((a, b) => a.category - b.category || a.ageBand - b.ageBand || a.sex - b.sex),
  deadline: BigInt(publication.deadline),
})

export const publicationTypedData = (deployment: Deployment, publication: Publication): TypedData =>
  typedData(deployment, 'Publication', publicationMessage(publication))
