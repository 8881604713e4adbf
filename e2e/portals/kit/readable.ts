import { z } from 'zod'

/** One line of a record as a hospital's people read it. */
export interface Row {
  name: string
  value: string
  date: string
}

const conceptSchema = z.object({
  text: z.string().optional(),
  coding: z.array(z.object({ display: z.string().optional() })).optional(),
})
const quantitySchema = z.object({ value: z.number().optional(), unit: z.string().optional() })
const measureSchema = z.object({
  code: conceptSchema.optional(),
  valueQuantity: quantitySchema.optional(),
  valueCodeableConcept: conceptSchema.optional(),
  valueString: z.string().optional(),
})

/** The fields of a FHIR R4 resource that these hospitals' systems read; it leaves out what it does not know. */
const resourceSchema = measureSchema.extend({
  resourceType: z.string(),
  component: z.array(measureSchema).optional(),
  medicationCodeableConcept: conceptSchema.optional(),
  vaccineCode: conceptSchema.optional(),
  status: z.string().optional(),
  dosageInstruction: z.array(z.object({ text: z.string().optional() })).optional(),
  description: z.string().optional(),
  effectiveDateTime: z.string().optional(),
  authoredOn: z.string().optional(),
  onsetDateTime: z.string().optional(),
  occurrenceDateTime: z.string().optional(),
  recordedDate: z.string().optional(),
  started: z.string().optional(),
  performedPeriod: z.object({ start: z.string().optional() }).optional(),
})
type Resource = z.output<typeof resourceSchema>

const bundleSchema = z.object({ entry: z.array(z.object({ resource: z.unknown() })).default([]) })

const shown = new Set([
  'Observation',
  'MedicationRequest',
  'MedicationStatement',
  'Condition',
  'AllergyIntolerance',
  'Immunization',
  'Procedure',
  'ImagingStudy',
])

/** A FHIR record as rows, newest first; empty when there is nothing that this system can show. */
export function readable(content: Uint8Array): Row[] {
  return resourcesOf(content)
    .filter(({ resourceType }) => shown.has(resourceType))
    .map((resource) => ({ name: nameOf(resource), value: detailsOf(resource), date: dateOf(resource) }))
    .filter(({ name }) => name !== '')
    .sort((a, b) => b.date.localeCompare(a.date) || a.name.localeCompare(b.name))
}

function resourcesOf(content: Uint8Array): Resource[] {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder().decode(content))
  } catch {
    return []
  }
  const bundle = bundleSchema.safeParse(document)
  const candidates =
    bundle.success && bundle.data.entry.length > 0
      ? bundle.data.entry.map(({ resource }) => resource)
      : [document]
  return candidates.flatMap((candidate) => {
    const parsed = resourceSchema.safeParse(candidate)
    return parsed.success ? [parsed.data] : []
  })
}

const textOf = (concept: z.output<typeof conceptSchema> | undefined): string =>
  concept?.text ?? concept?.coding?.find(({ display }) => display)?.display ?? ''

function nameOf(resource: Resource): string {
  const { code, medicationCodeableConcept, vaccineCode, description } = resource
  return textOf(medicationCodeableConcept) || textOf(vaccineCode) || textOf(code) || (description ?? '')
}

function detailsOf(resource: Resource): string {
  const own = measureOf(resource)
  if (own) return own
  const parts = (resource.component ?? []).map((part) => `${textOf(part.code)}: ${measureOf(part)}`)
  if (parts.length > 0) return parts.join(' · ')
  const dosage = resource.dosageInstruction
    ?.map(({ text }) => text)
    .filter(Boolean)
    .join(' · ')
  return [dosage, resource.status].filter(Boolean).join(' · ')
}

function measureOf({
  valueQuantity,
  valueCodeableConcept,
  valueString,
}: z.output<typeof measureSchema>): string {
  if (valueQuantity?.value !== undefined) {
    return `${Math.round(valueQuantity.value * 100) / 100} ${valueQuantity.unit ?? ''}`.trim()
  }
  return textOf(valueCodeableConcept) || (valueString ?? '')
}

function dateOf(resource: Resource): string {
  const { effectiveDateTime, authoredOn, onsetDateTime, occurrenceDateTime, recordedDate, started } = resource
  const date =
    effectiveDateTime ?? authoredOn ?? occurrenceDateTime ?? onsetDateTime ?? recordedDate ?? started
  return (date ?? resource.performedPeriod?.start ?? '').slice(0, 10)
}
