import { describe, expect, test } from 'vitest'
import { categories, categoryEntries, countInWords } from './categories.ts'
import { categorize } from './categorize.ts'
import { bundleOf, condition, documentOf, fixture, observation } from './fixtures.ts'

test.each([
  ['examples-r4/DiagnosticReport-ultrasound.json', 'imaging'],
  ['examples-r4/Bundle-lipids.json', 'laboratory'],
  ['examples-r4/Observation-f001.json', 'laboratory'],
  ['examples-r4/Observation-blood-pressure.json', 'vitals'],
  ['examples-r4/ImagingStudy-example.json', 'imaging'],
  ['examples-r4/MedicationStatement-example001.json', 'medications'],
  ['examples-r4/Immunization-example.json', 'immunizations'],
  ['examples-r4/AllergyIntolerance-example.json', 'allergies'],
  ['examples-r4/Condition-example.json', 'problems'],
  ['examples-r4/Procedure-example.json', 'procedures'],
  ['examples-r4/Claim-100150.json', 'billing'],
  ['examples-r4/DocumentReference-example.json', 'documents'],
  ['ips/IPS_IG-bundle-01.json', 'documents'],
  ['patients/elvina-lemke.json', 'documents'],
])('%s is of %s', (name, category) => {
  expect(categorize(fixture(name)).category).toBe(category)
})

test('counts a report once, not its results', () => {
  const { counts } = categorize(
    bundleOf(
      {
        resourceType: 'DiagnosticReport',
        status: 'final',
        code: { text: 'Panel' },
        result: [{ reference: 'Observation/1' }],
      },
      observation({ id: '1' }),
      observation({ id: '2' }),
    ),
  )
  expect(counts).toEqual({ laboratory: 2 })
})

test('a list of medicines with their reasons is a list of medicines', () => {
  const document = bundleOf(
    {
      resourceType: 'MedicationRequest',
      status: 'active',
      medicationCodeableConcept: { text: 'Naproxen' },
      reasonReference: [{ reference: 'Condition/c' }],
    },
    condition('Knee pain', { id: 'c' }),
  )
  expect(categorize(document).category).toBe('medications')
})

test('what was entered in error is not counted', () => {
  expect(categorize(bundleOf(observation({ status: 'entered-in-error' }))).counts).toEqual({})
})

describe('period', () => {
  test('spans the clinical dates, with partial dates at their widest', () => {
    const { period } = categorize(
      bundleOf(observation({ effectiveDateTime: '2026-03-04T23:30:00-08:00' }), condition('Asthma')),
    )
    expect(period).toEqual({ start: '2020-05-01', end: '2026-03-04' })
  })

  test('is absent without a date, and impossible dates are none', () => {
    expect(categorize(bundleOf(observation({ effectiveDateTime: '2026-02-30' }))).period).toBeUndefined()
  })

  test('leaves out births', () => {
    expect(
      categorize(documentOf({ resourceType: 'Patient', birthDate: '1950-01-01' })).period,
    ).toBeUndefined()
  })
})

describe('shields', () => {
  const marked = (code: string): object => observation({ meta: { security: [{ code }] } })
  test.each([
    [
      'mental-health',
      condition('Recurrent episode', {
        code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'F33.1' }] },
      }),
    ],
    ['mental-health', observation({ code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] } })],
    ['mental-health', marked('PSY')],
    ['sexual-health', condition('HIV infection')],
    ['sexual-health', observation({ code: { coding: [{ system: 'http://loinc.org', code: '75622-1' }] } })],
    ['sexual-health', marked('STD')],
    [
      'genetics',
      observation({
        category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'GE' }] }],
      }),
    ],
    ['genetics', observation({ code: { text: 'BRCA1 gene mutation' } })],
    ['substance-use', condition('Alcoholism')],
    [
      'substance-use',
      {
        resourceType: 'MedicationRequest',
        status: 'active',
        contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'Methadone 10 mg' } }],
        medicationReference: { reference: '#m' },
      },
    ],
    ['substance-use', marked('ETH')],
  ] as const)('%s', (category, resource) => {
    const found = categorize(bundleOf(resource))
    expect(found.shielded).toEqual([category])
    expect(found.category).toBe(category)
    expect(found.counts).toEqual({ [category]: 1 })
  })

  test('one shielded result shields the whole report', () => {
    const document = bundleOf(
      {
        resourceType: 'DiagnosticReport',
        status: 'final',
        code: { text: 'Serology' },
        result: [{ reference: 'Observation/1' }, { reference: 'Observation/2' }],
      },
      observation({ id: '1' }),
      observation({ id: '2', code: { text: 'HIV 1 antibodies' } }),
    )
    expect(categorize(document).category).toBe('sexual-health')
  })

  test('one shielded thing among many is told, but does not hide the rest', () => {
    const found = categorize(
      bundleOf(
        condition('Asthma'),
        condition('Gout'),
        condition('Hay fever'),
        condition('Depressive disorder'),
      ),
    )
    expect(found.category).toBe('problems')
    expect(found.shielded).toEqual(['mental-health'])
  })

  test('a plain report has none, and neither has the name of a hospital', () => {
    const hospital = {
      resourceType: 'Organization',
      name: 'X',
      type: [{ text: 'Hospital (not psychiatric)' }],
    }
    expect(categorize(bundleOf(observation(), hospital)).shielded).toEqual([])
  })
})

test('every category has words, and the four shields stand', () => {
  expect(categories.filter((category) => categoryEntries[category].shielded)).toHaveLength(4)
  expect(countInWords('laboratory', 1)).toBe('1 laboratory report')
  expect(countInWords('imaging', 2)).toBe('2 imaging studies')
})
