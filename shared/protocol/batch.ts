import { z } from 'zod'
import { hash32Schema } from './ids.ts'

/** How one act is shown to lie under a batch's root. Whoever posts a batch gives it to the act's signers. */
export const inclusionSchema = z.strictObject({
  root: hash32Schema,
  /** From the leaf upwards; empty for a batch of one. */
  proof: z.array(hash32Schema).max(64),
})
export type Inclusion = z.infer<typeof inclusionSchema>
