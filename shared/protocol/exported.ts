import { z } from 'zod'
import { fromCodePages, isCodePage } from './code-pages.ts'
import {
  delegatedGrantSchema,
  delegatedRevocationSchema,
  delegationRevocationSchema,
  signedDelegationSchema,
} from './delegation.ts'
import { signedDisputeSchema, tombstoneSchema } from './dispute.ts'
import { CarekeyError } from './errors.ts'
import { replacementSchema, revocationSchema, signedGrantSchema } from './grant.ts'
import { networkSchema } from './network.ts'

/** A signed act without anybody's voucher: whoever holds it and can pay may bring it to the ledger. */
export const exportedActSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('grant'), ...signedGrantSchema.shape }),
  z.strictObject({ kind: z.literal('revocation'), revocation: revocationSchema }),
  z.strictObject({ kind: z.literal('replacement'), ...replacementSchema.shape }),
  z.strictObject({ kind: z.literal('dispute'), ...signedDisputeSchema.shape }),
  z.strictObject({ kind: z.literal('tombstone'), tombstone: tombstoneSchema }),
  z.strictObject({ kind: z.literal('delegation'), ...signedDelegationSchema.shape }),
  z.strictObject({ kind: z.literal('delegation-revocation'), revocation: delegationRevocationSchema }),
  z.strictObject({ kind: z.literal('delegated-grant'), ...delegatedGrantSchema.shape }),
  z.strictObject({ kind: z.literal('delegated-revocation'), revocation: delegatedRevocationSchema }),
])
export type ExportedAct = z.infer<typeof exportedActSchema>
export type ExportedKind = ExportedAct['kind']
export const exportedKinds = exportedActSchema.options.map(({ shape }) => shape.kind.value)

/** Acts, and the ledger that they were signed for. Nothing in it says what was shared. */
export const exportedSchema = z.strictObject({
  format: z.literal('carekey-acts'),
  version: z.literal(1),
  chainId: z.int().positive(),
  contracts: networkSchema.shape.contracts,
  acts: z.array(exportedActSchema).min(1).max(10),
})
export type Exported = z.infer<typeof exportedSchema>

/**
 * Reads an exported file, or the lines that were scanned from its codes.
 * @throws CarekeyError `params-invalid` for anything else, with what is missing.
 */
export function readExported(text: string): Exported {
  const lines = text.split(/\s*\n\s*/).filter(Boolean)
  const json = lines.some(isCodePage) ? fromCodePages(lines) : text
  try {
    return exportedSchema.parse(JSON.parse(json))
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'This is no file of signed acts that Carekey exported.', {
      cause,
    })
  }
}
