import { z } from 'zod'
import { daysOf } from './dates.ts'

/** Only the fields that are read here, with the rules of FHIR R4 for them; everything else passes unseen. */

const text = z.string().min(1)
const date = text.refine((value) => daysOf(value) !== undefined, {
  message: 'This is no date as FHIR writes it.',
})
const coding = z.looseObject({ system: text.optional(), code: text.optional(), display: text.optional() })
const concept = z.looseObject({ coding: z.array(coding).optional(), text: text.optional() })
const reference = z.looseObject({ reference: text.optional(), display: text.optional() })
const period = z.looseObject({ start: date.optional(), end: date.optional() })
const quantity = z.looseObject({
  value: z.number().optional(),
  unit: text.optional(),
  code: text.optional(),
  comparator: z.enum(['<', '<=', '>=', '>']).optional(),
})
const money = z.looseObject({ value: z.number().optional(), currency: text.optional() })
const range = z.looseObject({ low: quantity.optional(), high: quantity.optional() })
const attachment = z.looseObject({
  contentType: text.optional(),
  data: z.string().optional(),
  title: text.optional(),
  size: z.number().optional(),
})
const humanName = z.looseObject({
  family: text.optional(),
  given: z.array(text).optional(),
  text: text.optional(),
})

const oneOf = (fields: readonly string[], required: boolean) => (value: Record<string, unknown>) => {
  const present = fields.filter((field) => value[field] !== undefined).length
  return required ? present === 1 : present <= 1
}
const missingChoice = { message: 'Exactly one of several forms of this has to be given.' }

const valueFields = [
  ...['valueQuantity', 'valueCodeableConcept', 'valueString', 'valueBoolean', 'valueInteger', 'valueRange'],
  ...['valueRatio', 'valueSampledData', 'valueTime', 'valueDateTime', 'valuePeriod'],
]
const observed = {
  code: concept,
  valueQuantity: quantity.optional(),
  valueCodeableConcept: concept.optional(),
  valueString: z.string().optional(),
  valueBoolean: z.boolean().optional(),
  valueInteger: z.int().optional(),
  valueRange: range.optional(),
  interpretation: z.array(concept).optional(),
  referenceRange: z
    .array(z.looseObject({ low: quantity.optional(), high: quantity.optional(), text: text.optional() }))
    .optional(),
}
const medication = {
  medicationCodeableConcept: concept.optional(),
  medicationReference: reference.optional(),
}
const medicationFields = ['medicationCodeableConcept', 'medicationReference']
const dosage = z.array(z.looseObject({ text: text.optional() })).optional()
const claimUse = z.enum(['claim', 'preauthorization', 'predetermination'])
const financialStatus = z.enum(['active', 'cancelled', 'draft', 'entered-in-error'])
const reportStatus = [
  ...(['registered', 'partial', 'preliminary', 'final', 'amended', 'corrected', 'appended'] as const),
  ...(['cancelled', 'entered-in-error', 'unknown'] as const),
]

export const schemas: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  [
    'Patient',
    z.looseObject({
      name: z.array(humanName).optional(),
      gender: z.enum(['male', 'female', 'other', 'unknown']).optional(),
      birthDate: date.optional(),
    }),
  ],
  [
    'Observation',
    z
      .looseObject({
        ...observed,
        status: z.enum([
          ...(['registered', 'preliminary', 'final', 'amended', 'corrected', 'cancelled'] as const),
          ...(['entered-in-error', 'unknown'] as const),
        ]),
        category: z.array(concept).optional(),
        effectiveDateTime: date.optional(),
        effectivePeriod: period.optional(),
        component: z
          .array(z.looseObject(observed).refine(oneOf(valueFields, false), missingChoice))
          .optional(),
        hasMember: z.array(reference).optional(),
      })
      .refine(oneOf(valueFields, false), missingChoice),
  ],
  [
    'DiagnosticReport',
    z.looseObject({
      status: z.enum(reportStatus),
      category: z.array(concept).optional(),
      code: concept,
      effectiveDateTime: date.optional(),
      issued: date.optional(),
      result: z.array(reference).optional(),
      conclusion: z.string().optional(),
      presentedForm: z.array(attachment).optional(),
    }),
  ],
  [
    'Condition',
    z.looseObject({
      clinicalStatus: concept.optional(),
      verificationStatus: concept.optional(),
      code: concept.optional(),
      subject: reference,
      onsetDateTime: date.optional(),
      recordedDate: date.optional(),
    }),
  ],
  [
    'AllergyIntolerance',
    z.looseObject({
      clinicalStatus: concept.optional(),
      code: concept.optional(),
      patient: reference,
      criticality: z.enum(['low', 'high', 'unable-to-assess']).optional(),
      recordedDate: date.optional(),
    }),
  ],
  [
    'MedicationRequest',
    z
      .looseObject({
        ...medication,
        status: z.enum([
          ...([
            'active',
            'on-hold',
            'cancelled',
            'completed',
            'entered-in-error',
            'stopped',
            'draft',
          ] as const),
          'unknown',
        ]),
        intent: text,
        subject: reference,
        authoredOn: date.optional(),
        dosageInstruction: dosage,
      })
      .refine(oneOf(medicationFields, true), { message: 'The name of the medicine is missing.' }),
  ],
  [
    'MedicationStatement',
    z
      .looseObject({
        ...medication,
        status: z.enum([
          ...([
            'active',
            'completed',
            'entered-in-error',
            'intended',
            'stopped',
            'on-hold',
            'unknown',
          ] as const),
          'not-taken',
        ]),
        subject: reference,
        effectiveDateTime: date.optional(),
        effectivePeriod: period.optional(),
        dosage,
      })
      .refine(oneOf(medicationFields, true), { message: 'The name of the medicine is missing.' }),
  ],
  [
    'Immunization',
    z
      .looseObject({
        status: z.enum(['completed', 'entered-in-error', 'not-done']),
        vaccineCode: concept,
        patient: reference,
        occurrenceDateTime: date.optional(),
        occurrenceString: text.optional(),
      })
      .refine(oneOf(['occurrenceDateTime', 'occurrenceString'], true), { message: 'The day is missing.' }),
  ],
  [
    'ImagingStudy',
    z.looseObject({
      status: z.enum(['registered', 'available', 'cancelled', 'entered-in-error', 'unknown']),
      subject: reference,
      started: date.optional(),
      series: z.array(z.looseObject({ uid: text, modality: coding })).optional(),
    }),
  ],
  [
    'Procedure',
    z.looseObject({
      status: text,
      code: concept.optional(),
      subject: reference,
      performedDateTime: date.optional(),
      performedPeriod: period.optional(),
    }),
  ],
  [
    'Encounter',
    z.looseObject({
      status: text,
      class: coding,
      type: z.array(concept).optional(),
      period: period.optional(),
    }),
  ],
  ['CarePlan', z.looseObject({ status: text, intent: text, subject: reference, period: period.optional() })],
  ['Goal', z.looseObject({ lifecycleStatus: text, description: concept, subject: reference })],
  [
    'DocumentReference',
    z.looseObject({
      status: z.enum(['current', 'superseded', 'entered-in-error']),
      content: z.array(z.looseObject({ attachment })).min(1),
      date: date.optional(),
    }),
  ],
  [
    'Composition',
    z.looseObject({
      status: z.enum(['preliminary', 'final', 'amended', 'entered-in-error']),
      type: concept,
      date,
      author: z.array(reference).min(1),
      title: text,
    }),
  ],
  [
    'Claim',
    z.looseObject({
      status: financialStatus,
      type: concept,
      use: claimUse,
      patient: reference,
      created: date,
      billablePeriod: period.optional(),
      total: money.optional(),
    }),
  ],
  [
    'ExplanationOfBenefit',
    z.looseObject({
      status: financialStatus,
      type: concept,
      use: claimUse,
      patient: reference,
      created: date,
      outcome: z.enum(['queued', 'complete', 'error', 'partial']),
      payment: z.looseObject({ amount: money.optional(), date: date.optional() }).optional(),
    }),
  ],
  [
    'Coverage',
    z.looseObject({ status: financialStatus, beneficiary: reference, payor: z.array(reference).min(1) }),
  ],
])
