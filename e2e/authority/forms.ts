import { z } from 'zod'
import { recipientSchema } from '../../shared/protocol/connection.ts'
import { emergencyCaseIdSchema } from '../../shared/protocol/emergency.ts'
import {
  addressSchema,
  commitmentSchema,
  organizationIdSchema,
  originSchema,
  practitionerIdSchema,
  pseudonymSchema,
} from '../../shared/protocol/ids.ts'
import { roleSchema } from '../../shared/protocol/roles.ts'

/** A text field that must satisfy a schema of the protocol; `fault` says what to enter. */
const field = <S extends z.ZodType<unknown, string>>(schema: S, fault: string) =>
  z
    .string(fault)
    .trim()
    .refine((value) => schema.safeParse(value).success, fault)
    .transform((value) => schema.parse(value))

const longestName = 120
const longestFindings = 4_000

const identifier = field(
  z.url({ protocol: /^https?$/ }),
  'Enter the identifier: an address that begins with https://',
)
const signer = field(addressSchema, 'Enter the signing address: 0x and 40 characters from 0 to 9 and a to f')
const recipient = field(recipientSchema, 'Enter the sealing recipient: it begins with age1pq1')
const validUntil = field(
  z.iso.date().transform((day) => Date.parse(`${day}T00:00:00Z`) / 1_000),
  'Enter the last day of the accreditation',
)
const organization = field(organizationIdSchema, 'Choose an organization')

export const organizationForm = z.object({
  name: field(z.string().min(1).max(longestName), 'Enter the name that people know'),
  identifier,
  signer,
  recipient,
  origins: z
    .string()
    .transform((lines) => lines.split(/\s+/).filter((line) => line !== ''))
    .refine(
      (origins) => origins.length > 0 && origins.every((origin) => originSchema.safeParse(origin).success),
      'Enter the addresses of its portals, one a line, such as https://portal.example',
    ),
  validUntil,
})

export const keysForm = z.object({ id: organization, signer, recipient })
export const organizationRefForm = z.object({ id: organization })

export const pairForm = z
  .object({ author: organization, supporter: organization })
  .refine(({ author, supporter }) => author !== supporter, 'Choose two different organizations')

export const practitionerForm = z.object({
  identifier,
  organization,
  role: field(roleSchema, 'Choose a role'),
  signer,
  validUntil,
})
export const practitionerRefForm = z.object({ id: practitionerIdSchema })

export const reviewForm = z.object({
  patient: pseudonymSchema,
  id: emergencyCaseIdSchema,
  verdict: z.enum(['justified', 'unjustified'], 'Choose what the review has found'),
  findings: field(z.string().min(1).max(longestFindings), 'Enter what the review has found'),
})

export const answerForm = z.object({
  subject: pseudonymSchema,
  commitment: commitmentSchema,
  answer: z.enum(['upheld', 'dismissed'], 'Choose whether the patient is right'),
  findings: field(z.string().min(1).max(longestFindings), 'Enter what you have found'),
})
