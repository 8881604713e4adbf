import { z } from 'zod'
import { provenAnchorSchema } from './anchor.ts'
import { canonicalBytes } from './canonical.ts'
import { CarekeyError } from './errors.ts'
import { scopeSchema, signedGrantSchema } from './grant.ts'
import { cidSchema, practitionerIdSchema, signatureSchema } from './ids.ts'
import { limits } from './limits.ts'
import { statementSchema } from './statement.ts'

/** One record that a grant opens. */
export const manifestEntrySchema = z.strictObject({
  cid: cidSchema,
  sealedBytes: z.int().min(1).max(limits.sealedRecordMaxBytes),
  /** The 16-byte age file key, base64url without padding. */
  fileKey: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  statement: statementSchema,
  anchor: provenAnchorSchema,
  /** `SubjectLink` signed by the record's subject: the grant's patient and this record's subject are one person. */
  link: signatureSchema,
})
export type ManifestEntry = z.infer<typeof manifestEntrySchema>

/** What an organization gets with a grant, age-encrypted to its registered recipient. */
export const manifestSchema = z.strictObject({
  version: z.literal(1),
  grant: signedGrantSchema,
  scope: scopeSchema,
  /** Who asked: nothing is opened once this practitioner is suspended. */
  practitioner: practitionerIdSchema.optional(),
  entries: z.array(manifestEntrySchema).min(1).max(limits.grantRecordsMax),
})
export type Manifest = z.infer<typeof manifestSchema>

export const encodeManifest = (manifest: Manifest): Uint8Array =>
  canonicalBytes(manifestSchema.parse(manifest))

/** @throws CarekeyError `record-damaged` when the bytes are not a manifest. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    throw new CarekeyError('record-damaged', 'The list of records that came with the grant cannot be read.', {
      cause,
    })
  }
}
