import { keccak256 } from 'viem'
import { z } from 'zod'
import { canonicalBytes } from './canonical.ts'
import { categorySchema } from './categories.ts'
import { CarekeyError } from './errors.ts'
import {
  type Commitment,
  commitmentSchema,
  hash32Schema,
  organizationIdSchema,
  periodSchema,
  practitionerIdSchema,
  pseudonymSchema,
} from './ids.ts'
import { limits } from './limits.ts'

/** The author's claim about one record at one version (protocol, section 3). */
export const statementSchema = z.strictObject({
  version: z.literal(1),
  subject: pseudonymSchema,
  author: organizationIdSchema,
  /** The practitioner's name and role as the author writes it; the author answers for it. */
  practitioner: z.string().max(limits.titleMaxCharacters).optional(),
  /** Who signs beside the organization; the anchor then carries this practitioner's signature. */
  practitionerId: practitionerIdSchema.optional(),
  title: z.string().min(1).max(limits.titleMaxCharacters),
  category: categorySchema,
  mediaType: z
    .string()
    .regex(/^[a-z]+\/[a-z0-9.+-]+$/)
    .max(100),
  period: periodSchema,
  issuedAt: z.iso.datetime(),
  contentHash: hash32Schema,
  contentBytes: z.int().min(1).max(limits.recordMaxBytes),
  previous: commitmentSchema.nullable(),
  salt: hash32Schema,
})
export type Statement = z.infer<typeof statementSchema>

/** The statement's bytes: canonical JSON. They travel inside the seal and are never re-written. */
export const encodeStatement = (statement: Statement): Uint8Array =>
  canonicalBytes(statementSchema.parse(statement))

/**
 * Reads a statement and insists on its canonical form.
 * @throws CarekeyError `statement-mismatch` for anything else.
 */
export function decodeStatement(bytes: Uint8Array): Statement {
  const refuse = (cause?: unknown) =>
    new CarekeyError('statement-mismatch', 'The record’s statement cannot be read.', { cause })
  if (bytes.byteLength > limits.statementMaxBytes) throw refuse()
  let statement: Statement
  try {
    statement = statementSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    throw refuse(cause)
  }
  const canonical = canonicalBytes(statement)
  if (canonical.length !== bytes.length || canonical.some((byte, index) => byte !== bytes[index]))
    throw refuse()
  return statement
}

/** keccak256 over the whole statement, salt included: the only trace of a record on the ledger. */
export const commitmentOf = (statement: Uint8Array): Commitment =>
  commitmentSchema.parse(keccak256(statement))
