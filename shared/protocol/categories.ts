import { z } from 'zod'

/** The categories a record can have; labels and FHIR/LOINC mappings are in `shared/fhir`. */
export const categories = [
  'problems',
  'medications',
  'allergies',
  'immunizations',
  'laboratory',
  'imaging',
  'procedures',
  'documents',
  'vitals',
  'billing',
  'mental-health',
  'sexual-health',
  'genetics',
  'substance-use',
] as const

export const categorySchema = z.enum(categories)
export type Category = z.infer<typeof categorySchema>

/** Shielded categories are never included unless the patient adds them. */
export const shieldedCategories: ReadonlySet<Category> = new Set([
  'mental-health',
  'sexual-health',
  'genetics',
  'substance-use',
])
