import { type Hex, hexToString, stringToHex } from 'viem'
import { z } from 'zod'
import type { Category } from './categories.ts'

/** HL7 v3 PurposeOfUse codes that a request may name, with the words a patient reads. */
export const purposes = {
  TREAT: 'to treat you',
  ETREAT: 'to treat you in an emergency',
  HPAYMT: 'to bill your care',
  HRESCH: 'for health research',
  HOPERAT: 'to run its care, such as checking quality',
  PATRQT: 'because you asked for it',
} as const

export const purposeSchema = z.enum(
  Object.keys(purposes) as [keyof typeof purposes, ...(keyof typeof purposes)[]],
)
export type Purpose = z.infer<typeof purposeSchema>

/** Whoever bills sees bills: a purpose that is named here may ask for these categories and no others. */
const bounds: Partial<Record<Purpose, readonly Category[]>> = { HPAYMT: ['billing'] }

/** The categories that go beyond a purpose (protocol, section 5.3). */
export const categoriesBeyond = (purpose: Purpose, categories: readonly Category[]): Category[] =>
  categories.filter((category) => bounds[purpose]?.includes(category) === false)

/** The code as the ledger holds it: ASCII, padded with zero bytes on the right to 32 bytes. */
export const encodePurpose = (purpose: Purpose): Hex => stringToHex(purpose, { size: 32 })

/** The mirror of `encodePurpose`; throws a ZodError for a code that is not ours. */
export const decodePurpose = (bytes: Hex): Purpose => purposeSchema.parse(hexToString(bytes, { size: 32 }))
