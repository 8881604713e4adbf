import { readFileSync } from 'node:fs'
import { z } from 'zod'
import {
  addressSchema,
  type OrganizationId,
  organizationIdSchema,
  originSchema,
  type PractitionerId,
  practitionerIdSchema,
} from '../../protocol/ids.ts'
import { organizationIdOf } from '../organizations.ts'
import { practitionerIdOf } from '../practitioners.ts'

/** One option of a command: how often it may stand there, and what its text must be. */
export interface Option<T> {
  kind: 'one' | 'many' | 'flag'
  /** What stands behind the option's name in the usage: `ADDRESS`. */
  placeholder: string
  /** Ends the sentence "--signer x is not …". */
  mustBe: string
  schema: z.ZodType<T>
}

const one = <T>(placeholder: string, mustBe: string, schema: z.ZodType<T>): Option<T> => ({
  kind: 'one',
  placeholder,
  mustBe,
  schema,
})

export const optional = <T>(option: Option<T>): Option<T | undefined> => ({
  ...option,
  schema: option.schema.optional(),
})

export const orElse = <T>(option: Option<T>, value: T): Option<T> => ({
  ...option,
  schema: option.schema.optional().transform((given) => (given === undefined ? value : given)),
})

/** One or more. */
export const many = <T>(option: Option<T>): Option<T[]> => ({
  ...option,
  kind: 'many',
  schema: z.array(option.schema).min(1),
})

export const flag: Option<boolean> = {
  kind: 'flag',
  placeholder: '',
  mustBe: 'a flag',
  schema: z.boolean().default(false),
}

export const text = (placeholder: string, maxLength = 256): Option<string> =>
  one(placeholder, `text of 1 to ${maxLength} characters`, z.string().trim().min(1).max(maxLength))

export const file = text('FILE', 4_096)

export const address = one('ADDRESS', 'an address (0x and 40 hex digits)', addressSchema)

export const hash = one('HASH', '32 bytes (0x and 64 hex digits)', z.string().regex(/^0x[0-9a-fA-F]{64}$/))

export const url = one('URL', 'a URL (http://… or https://…)', z.url({ protocol: /^https?$/ }))

export const origin = one('ORIGIN', 'a web origin (https://portal.example, no path)', originSchema)

export const wholeNumber = (placeholder: string, max: number): Option<number> =>
  one(
    placeholder,
    `a whole number from 0 to ${max}`,
    z
      .string()
      .regex(/^\d+$/)
      .transform(Number)
      .refine((number) => number <= max),
  )

/** A day in UTC; the second at which it begins. */
export const day = one(
  'DAY',
  'a day (YYYY-MM-DD)',
  z.iso.date().transform((date) => Date.parse(`${date}T00:00:00Z`) / 1_000),
)

export const choice = <const C extends readonly string[]>(choices: C): Option<C[number]> =>
  one(choices.join('|'), `one of ${choices.join(', ')}`, z.enum(choices))

/** By identifier URI, or by the ledger's id. */
export const organization: Option<OrganizationId> = one(
  'URI',
  'an identifier (https://…) or an id (0x and 64 hex digits)',
  z.union([organizationIdSchema, z.url().transform(organizationIdOf)]),
)

/** By identifier URI, or by the ledger's id. */
export const practitioner: Option<PractitionerId> = one(
  'URI',
  'an identifier (https://…) or an id (0x and 64 hex digits)',
  z.union([practitionerIdSchema, z.url().transform(practitionerIdOf)]),
)

/** A post-quantum age recipient, or the file that holds one: it is long for a command line. */
export const recipient: Option<string> = one(
  'RECIPIENT|FILE',
  'a post-quantum age recipient (age1pq1…) nor a file that holds one',
  z
    .string()
    .transform((given) => (given.startsWith('age1') ? given : (readText(given) ?? '')))
    .pipe(z.string().regex(/^age1pq1[02-9ac-hj-np-z]{1800,2100}$/)),
)

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
