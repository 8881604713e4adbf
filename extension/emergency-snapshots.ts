import { z } from 'zod'
import { emergencySections } from '../shared/fhir/emergency-summary.ts'
import { emergencyCaseIdSchema, emergencyReasonSchema } from '../shared/protocol/emergency.ts'
import {
  hash32Schema,
  organizationIdSchema,
  pseudonymSchema,
  unixSecondsSchema,
} from '../shared/protocol/ids.ts'
import { organizationViewSchema } from './snapshots.ts'

/** What the emergency page shows, and what a person states there. */

const day = 24 * 60 * 60

export const emergencyEntrySchema = z.strictObject({
  section: z.enum(emergencySections),
  text: z.string().trim().min(1).max(200),
  note: z.string().max(300),
})
export type EmergencyEntry = z.infer<typeof emergencyEntrySchema>

export const emergencyContactSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  relation: z.string().trim().max(60),
  phone: z.string().trim().min(1).max(40),
})
export type EmergencyContact = z.infer<typeof emergencyContactSchema>

/** One who may stop an emergency besides the patient. */
export const guardianSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  address: pseudonymSchema,
})

export const emergencyWishSchema = z.strictObject({
  content: z.strictObject({
    name: z.string().trim().min(1).max(80),
    birthDate: z.iso.date().nullable(),
    entries: z.array(emergencyEntrySchema).max(80),
    contacts: z.array(emergencyContactSchema).max(6),
  }),
  /** Whose emergency practitioners may open; empty for any */
  organizations: z.array(organizationIdSchema).max(16),
  waitSeconds: z
    .int()
    .min(0)
    .max(7 * day),
  windowSeconds: z
    .int()
    .min(60)
    .max(7 * day),
  threshold: z.int().min(2).max(16),
  holders: z.array(organizationIdSchema).min(2).max(16),
  guardians: z.array(guardianSchema).max(8),
})
export type EmergencyWish = z.infer<typeof emergencyWishSchema>

export const emergencyCaseViewSchema = z.object({
  id: emergencyCaseIdSchema,
  /** Null for one's own, else the name of the person whom one guards */
  of: z.string().nullable(),
  organization: organizationViewSchema.nullable(),
  practitioner: hash32Schema,
  reason: emergencyReasonSchema,
  state: z.enum(['waiting', 'open', 'vetoed', 'closed']),
  openedAt: unixSecondsSchema,
  releaseFrom: unixSecondsSchema,
  closesAt: unixSecondsSchema,
  vetoedAt: unixSecondsSchema.nullable(),
  /** Signed here, not on the ledger yet */
  vetoing: z.boolean(),
  /** When the sealed summary was fetched, by the relay's receipts */
  fetchedAt: z.array(unixSecondsSchema),
  /** Null while the review is owed */
  review: z.object({ at: unixSecondsSchema, justified: z.boolean() }).nullable(),
})
export type EmergencyCaseView = z.infer<typeof emergencyCaseViewSchema>

export const emergencyViewSchema = z.object({
  handle: pseudonymSchema,
  /** What the QR code says */
  card: z.string(),
  /** What the ledger holds */
  state: z.enum(['none', 'in-force', 'withdrawing', 'withdrawn']),
  since: unixSecondsSchema.nullable(),
  /** What is in force, or was last */
  wish: emergencyWishSchema.nullable(),
  /** What is on its way to its holders and the ledger */
  next: z
    .object({
      wish: emergencyWishSchema,
      holders: z.array(z.object({ organization: organizationViewSchema, held: z.boolean() })),
      stating: z.boolean(),
      failure: z.string().nullable(),
    })
    .nullable(),
  /** All that may hold a share or be listed; with a connection where the patient has one */
  organizations: z.array(organizationViewSchema),
  /** Newest first */
  cases: z.array(emergencyCaseViewSchema),
  /** By what one guards others, and whom */
  guardian: z.object({ address: pseudonymSchema, guarded: z.array(z.string()) }),
})
export type EmergencyView = z.infer<typeof emergencyViewSchema>

export const emergencySuggestionSchema = z.object({
  name: z.string().nullable(),
  birthDate: z.string().nullable(),
  entries: z.array(emergencyEntrySchema),
})

/** What the patient hands to a guardian: by it the guardian's own Carekey can watch and veto. */
export const guardianNoteSchema = z.strictObject({
  carekey: z.literal('guardian'),
  chainId: z.int(),
  name: z.string().trim().min(1).max(80),
  patient: pseudonymSchema,
  guardian: pseudonymSchema,
  salt: hash32Schema,
  proof: z.array(hash32Schema).max(16),
})
export type GuardianNote = z.infer<typeof guardianNoteSchema>

const nothing = z.strictObject({})
const file = z.object({ json: z.string(), filename: z.string() })

/** Screens to background, beside those in `messages.ts`. */
export const emergencyMessages = {
  'emergency.get': { request: nothing, response: emergencyViewSchema },
  /** Every case that waits or is open. */
  'emergency.alerts': { request: nothing, response: z.object({ cases: z.array(emergencyCaseViewSchema) }) },
  /** From the patient's own records: what could go in. */
  'emergency.suggest': { request: nothing, response: emergencySuggestionSchema },
  /** Seals, hands out the shares, and states the policy once every holder has its share. */
  'emergency.prepare': { request: z.strictObject({ wish: emergencyWishSchema }), response: nothing },
  /** Gives up what is on its way. */
  'emergency.discard': { request: nothing, response: nothing },
  'emergency.withdraw': { request: nothing, response: nothing },
  'emergency.veto': { request: z.strictObject({ id: emergencyCaseIdSchema }), response: nothing },
  /** A signed veto as JSON, which anyone may submit. */
  'emergency.exportVeto': { request: z.strictObject({ id: emergencyCaseIdSchema }), response: file },
  'emergency.guardianNote': { request: z.strictObject({ guardian: pseudonymSchema }), response: file },
  /** Takes in the note that another patient gave. */
  'emergency.guard': { request: z.strictObject({ note: z.string().max(4_000) }), response: nothing },
} as const
