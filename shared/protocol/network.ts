import { z } from 'zod'
import { addressSchema, originSchema } from './ids.ts'

/** Which ledger and relays an extension, relay or portal belongs to; built in or configured, never learned from a page. */
export const networkSchema = z.strictObject({
  name: z.string().min(1).max(60),
  chainId: z.int().positive(),
  rpcUrl: z.url(),
  contracts: z.strictObject({
    accreditation: addressSchema,
    consents: addressSchema,
    records: addressSchema,
    batches: addressSchema.optional(),
    practitioners: addressSchema.optional(),
    attestations: addressSchema.optional(),
    emergencyAccess: addressSchema.optional(),
    delegations: addressSchema.optional(),
    disputes: addressSchema.optional(),
    statistics: addressSchema.optional(),
    credits: addressSchema.optional(),
    validators: addressSchema.optional(),
  }),
  /** The block in which the first contract was deployed: where reading events begins. */
  deployedAtBlock: z.int().min(0),
  /** Blocks on top of a transaction's own before it counts as final. */
  confirmations: z.int().min(0).max(100),
  relays: z.array(originSchema).min(1),
})
export type Network = z.infer<typeof networkSchema>
