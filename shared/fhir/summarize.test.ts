import { describe, expect, test } from 'vitest'
import { bundleOf, condition, documentOf, fixture, fixtureNames, observation } from './fixtures.ts'
import { limits } from './limits.ts'
import { type Summary, summarize } from './summarize.ts'

const rowsOf = (...resources: object[]) =>
  summarize(bundleOf(...resources)).sections.flatMap((section) => section.rows)
const textsOf = (summary: Summary): string[] => [
  summary.title,
  ...summary.sections.flatMap(({ heading, rows }) => [
    heading,
    ...rows.flatMap((row) => [row.label, row.value, row.note ?? '']),
  ]),
  ...summary.series.map((series) => series.label),
]

describe('every file at hand', () => {
  test.each(fixtureNames)('%s has a title and reads without codes', (name) => {
    const summary = summarize(fixture(name))
    expect(summary.title.length).toBeGreaterThan(0)
    expect(summary.title.length).toBeLessThanOrEqual(limits.titleMaxCharacters)
    for (const text of textsOf(summary)) {
      expect(text).not.toMatch(/undefined|\[object|NaN|urn:uuid:|<\/?[a-z]+>/)
      expect(text).not.toMatch(/\p{Cc}|\u200b|\u202e/u)
    }
    for (const { rows } of summary.sections)
      for (const row of rows) expect(row.label).not.toMatch(/^[\d\W]+$|^[A-Z\d]+_[A-Z\d_]+$/)
  })

  test('is summed up within 300 ms', () => {
    const document = fixture('patients/olen-kulas.json')
    // The best of three: other work on the machine must not fail this.
    const times = [1, 2, 3].map(() => {
      const start = performance.now()
      summarize(document)
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(300)
  })
})

test('a laboratory report reads like one', () => {
  const { title, sections, counts } = summarize(fixture('examples-r4/Bundle-lipids.json'))
  expect({ title, counts, sections }).toMatchInlineSnapshot(`
    {
      "counts": {
        "laboratory": 1,
      },
      "sections": [
        {
          "category": "laboratory",
          "heading": "Lipid Panel",
          "rows": [
            {
              "date": "2011-03-04T08:30:00+11:00",
              "flag": "high",
              "label": "Cholesterol",
              "reference": "up to 4.5",
              "unit": "mmol/L",
              "value": "6.3",
            },
            {
              "date": "2011-03-04T08:30:00+11:00",
              "label": "Triglyceride",
              "reference": "up to 2",
              "unit": "mmol/L",
              "value": "1.3",
            },
            {
              "date": "2011-03-04T08:30:00+11:00",
              "flag": "low",
              "label": "Cholesterol in HDL",
              "reference": "1.5 or more",
              "unit": "mmol/L",
              "value": "1.3",
            },
            {
              "date": "2011-03-04T08:30:00+11:00",
              "flag": "high",
              "label": "LDL Chol. (Calc)",
              "reference": "up to 3",
              "unit": "mmol/L",
              "value": "4.6",
            },
          ],
        },
      ],
      "title": "Lipid Panel",
    }
  `)
})

test('a whole history', () => {
  const { title, patient, series, sections } = summarize(fixture('patients/elvina-lemke.json'))
  expect(title).toBe('Health record of Elvina Lemke')
  expect(patient).toEqual({ name: 'Elvina Lemke', birthDate: '1953-06-02', sex: 'Female' })
  expect(sections.map(({ heading, rows }) => `${heading} ${rows.length}`)).toMatchInlineSnapshot(`
    [
      "Care plans 7",
      "Goals 5",
      "Health problems 12",
      "Medications 9",
      "Allergies 1",
      "Vaccinations 12",
      "Laboratory results 24",
      "Imaging 1",
      "Procedures 11",
      "Measurements 7",
      "Bills and insurance 65",
      "Visits 28",
    ]
  `)
  const glucose = series.find(({ label }) => label === 'Glucose')
  expect(glucose?.unit).toBe('mg/dL')
  expect(glucose?.points).toHaveLength(11)
  expect(glucose?.points.at(-1)?.date.slice(0, 10)).toBe('2020-11-03')
  expect(sections.find(({ category }) => category === 'laboratory')?.rows[1]).toEqual({
    label: 'Glucose',
    value: '97.81',
    unit: 'mg/dL',
    date: '2020-11-03T14:59:16+00:00',
    note: '10 earlier results',
  })
})

describe('a value', () => {
  const shown = (more: object) => rowsOf(observation({ valueQuantity: undefined, ...more }))[0]

  test.each([
    [{ valueQuantity: { value: 0.1 + 0.2, unit: 'g' } }, '0.3', 'g'],
    [{ valueQuantity: { value: 71.48293478, unit: 'kg' } }, '71.48', 'kg'],
    [{ valueQuantity: { value: 0.000123456, unit: 'g' } }, '0.0001235', 'g'],
    [{ valueQuantity: { value: 12_345.6789, unit: 'g' } }, '12345.7', 'g'],
    [{ valueQuantity: { value: 5, comparator: '<', unit: 'mg' } }, '< 5', 'mg'],
    [{ valueQuantity: { value: 3, unit: '{score}' } }, '3', undefined],
    [{ valueRange: { low: { value: 1, unit: 'mg' }, high: { value: 2, unit: 'mg' } } }, '1 to 2', 'mg'],
    [{ valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }, '1 : 128', undefined],
    [{ valueBoolean: false }, 'No', undefined],
    [
      { valueCodeableConcept: { coding: [{ code: '1', display: 'Positive (qualifier value)' }] } },
      'Positive',
      undefined,
    ],
    [{ dataAbsentReason: { coding: [{ code: 'not-performed' }] } }, 'Not done', undefined],
    [{}, 'No value given', undefined],
  ])('%j', (more, value, unit) => {
    const row = shown(more)
    expect([row?.value, row?.unit]).toEqual([value, unit])
  })

  const range = [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5.1, unit: 'mmol/L' } }]
  const quantity = (value: number) => ({ valueQuantity: { value, unit: 'mmol/L' }, referenceRange: range })
  test.each([
    [quantity(5.2), 'high'],
    [quantity(3.4), 'low'],
    [quantity(5.1), undefined],
    [{ ...quantity(9), interpretation: [{ coding: [{ code: 'N' }] }] }, undefined],
    [{ ...quantity(4), interpretation: [{ coding: [{ code: 'HH' }] }] }, 'high'],
    [{ ...quantity(4), interpretation: [{ text: 'abnormal' }] }, 'abnormal'],
    // Bounds in another unit are shown, never compared.
    [{ valueQuantity: { value: 150, unit: 'mg/dL' }, referenceRange: range }, undefined],
    // Grades of severity are not what is usual.
    [
      { valueQuantity: { value: 13 }, referenceRange: [{ high: { value: 8 } }, { low: { value: 9 } }] },
      undefined,
    ],
  ])('is flagged: %j', (more, flag) => {
    expect(shown(more)?.flag).toBe(flag)
  })

  test('keeps its reference range', () => {
    expect(shown(quantity(4))?.reference).toBe('3.5 to 5.1')
    expect(shown({ valueQuantity: { value: 150, unit: 'mg/dL' }, referenceRange: range })?.reference).toBe(
      '3.5 to 5.1 mmol/L',
    )
  })
})

describe('names', () => {
  const nameOf = (code: object) => rowsOf(observation({ code }))[0]?.label
  const loinc = (code: string, display: string) => ({
    coding: [{ system: 'http://loinc.org', code, display }],
  })
  test.each([
    [loinc('718-7', 'Hemoglobin [Mass/volume] in Blood'), 'Hemoglobin'],
    [{ text: 'Hb', ...loinc('718-7', 'Hemoglobin [Mass/volume] in Blood') }, 'Hb'],
    [loinc('99999-9', 'Zinc [Moles/\u200bvolume] in Serum or Plasma'), 'Zinc'],
    [{ text: 'Asthma (disorder)' }, 'Asthma'],
    [{ coding: [{ code: 'GNFLU2', display: 'GNFLU2' }] }, 'Result without a name'],
    [{ coding: [{ code: '1234-5' }] }, 'Result without a name'],
    [{ text: 'a\u202eb\u0007\n c' }, 'Ab c'],
    [{ text: 'x'.repeat(900) }, `X${'x'.repeat(limits.nameMaxCharacters - 2)}…`],
  ])('%j', (code, name) => {
    expect(nameOf(code)).toBe(
      name.startsWith('x') ? `X${name.slice(1)}` : name.startsWith('ab') ? 'Ab c' : name,
    )
  })
})

test('blood pressure is one line', () => {
  const part = (code: string, value: number) => ({
    code: { coding: [{ code }] },
    valueQuantity: { value, unit: 'mmHg' },
  })
  const more = {
    code: { text: 'Blood pressure' },
    valueQuantity: undefined,
    component: [part('8462-4', 80), part('8480-6', 120)],
  }
  expect(rowsOf(observation(more))).toEqual([
    { label: 'Blood pressure', value: '120 / 80', unit: 'mmHg', date: '2026-03-04' },
  ])
})

test('a panel that contains itself ends', () => {
  const ring = observation({
    id: 'r',
    hasMember: [{ reference: 'Observation/r' }, { reference: 'Observation/s' }],
  })
  const other = observation({
    id: 's',
    code: { text: 'Sodium' },
    hasMember: [{ reference: 'Observation/r' }],
  })
  expect(() => rowsOf(ring, other)).not.toThrow()
})

test('what was entered in error is not shown', () => {
  const wrong = { verificationStatus: { coding: [{ code: 'entered-in-error' }] } }
  expect(rowsOf(observation({ status: 'entered-in-error' }), condition('Gout', wrong))).toEqual([])
})

test('names no patient when there are two', () => {
  expect(summarize(bundleOf({ resourceType: 'Patient', id: 'q' })).patient).toBeUndefined()
})

test('a letter’s text is plain text', () => {
  const div =
    '<div xmlns="x"><!-- <b>no</b> --><p>Take <b>two</b> &amp; rest</p><script>x</script><table><tr><td>a</td><td>1 &#60; 2</td></tr></table><p'
  const letter = {
    resourceType: 'Composition',
    status: 'final',
    title: 'Letter',
    section: [{ title: 'Plan', text: { status: 'additional', div } }],
  }
  expect(summarize(documentOf(letter)).sections[0]?.rows[0]?.note).toBe('Take two & rest. a, 1 < 2')
})
