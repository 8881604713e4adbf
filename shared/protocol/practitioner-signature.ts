import { z } from 'zod'
import { practitionerIdSchema, signatureSchema } from './ids.ts'

/** A practitioner's own signature beside the organization's, over the very same structure (protocol, section 6.2). */
export const practitionerSignatureSchema = z.strictObject({
  id: practitionerIdSchema,
  signature: signatureSchema,
})
export type PractitionerSignature = z.infer<typeof practitionerSignatureSchema>
