import { z } from 'zod'
import { voucherSchema } from '../../shared/protocol/connection.ts'
import { signedEmergencyPolicySchema } from '../../shared/protocol/emergency.ts'
import { emergencyDirectorySchema } from '../../shared/protocol/emergency-shares.ts'
import {
  hash32Schema,
  organizationIdSchema,
  originSchema,
  pseudonymSchema,
  unixSecondsSchema,
} from '../../shared/protocol/ids.ts'
import { emergencyWishSchema } from '../emergency-snapshots.ts'

/** What a patient has prepared; under `current` what the ledger has, under `next` what is on its way there. */
export const storedEmergencySchema = z.strictObject({
  wish: emergencyWishSchema,
  /** The policy's number on the ledger */
  round: z.int().min(1),
  directory: emergencyDirectorySchema,
  relay: originSchema,
  /** The summary is pinned and the relay knows of it */
  placed: z.boolean(),
  holders: z.array(
    z.strictObject({
      organization: organizationIdSchema,
      /** base64; forgotten as soon as the holder has it */
      share: z.base64().nullable(),
      sentAt: unixSecondsSchema.nullable(),
      heldAt: unixSecondsSchema.nullable(),
      voucher: voucherSchema.nullable(),
    }),
  ),
  guardians: z.array(z.strictObject({ name: z.string(), address: pseudonymSchema, salt: hash32Schema })),
  policy: signedEmergencyPolicySchema.nullable(),
  status: z.enum(['handing-out', 'stating', 'in-force', 'withdrawing', 'withdrawn']),
  at: unixSecondsSchema,
  failure: z.string().nullable(),
})
export type StoredEmergency = z.infer<typeof storedEmergencySchema>
