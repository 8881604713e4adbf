import { describe, expect, test } from 'vitest'
import { bundleOf, condition, documentOf, fixture, observation } from './fixtures.ts'
import { limits } from './limits.ts'
import { validate } from './validate.ts'

const now = new Date('2026-11-20T12:00:00Z')
const issuesOf = (...resources: object[]): string[] =>
  validate(bundleOf(...resources), now).map(({ severity, where, what }) => `${severity}, ${where}: ${what}`)

test.each(['patients/elvina-lemke.json', 'patients/olen-kulas.json', 'ips/IPS_IG_bundle-minimal.json'])(
  'finds nothing wrong with %s',
  (name) => {
    expect(validate(fixture(name), now)).toEqual([])
  },
)

describe('says what is wrong and where', () => {
  test.each([
    [{ ...observation(), status: undefined }, 'error, Observation 2: status: This is missing.'],
    [
      observation({ status: 'done' }),
      'warning, Observation 2: status: This is not one of the codes that FHIR knows here.',
    ],
    [observation({ code: 'x' }), 'error, Observation 2: code: This is no object.'],
    [
      observation({ valueString: 'high' }),
      'error, Observation 2: Exactly one of several forms of this has to be given.',
    ],
    [
      observation({ effectiveDateTime: '04.03.2026' }),
      'error, Observation 2: effectiveDateTime: This is no date as FHIR writes it.',
    ],
    [
      observation({ effectiveDateTime: '2027-01-01' }),
      'warning, Observation 2: effectiveDateTime: This date is in the future.',
    ],
    [
      observation({ valueQuantity: { value: '4.1' } }),
      'error, Observation 2: valueQuantity value: This is no number.',
    ],
    [
      condition('Gout', { encounter: { reference: 'urn:uuid:gone' } }),
      'warning, Condition 2: A part that this refers to is missing.',
    ],
    [condition('Gout', { subject: { reference: 'Patient/q' } }), 'information, none'],
    [{ resourceType: 'Patient', id: 'q' }, 'error, The file: This file is about 2 patients.'],
  ])('%#', (resource, expected) => {
    expect(issuesOf(resource)).toEqual(expected === 'information, none' ? [] : [expected])
  })

  test('parts of two patients', () => {
    expect(issuesOf(condition('Gout'), condition('Flu', { subject: { reference: 'Patient/q' } }))).toEqual([
      'error, The file: Parts of this file belong to different patients.',
    ])
  })

  test('no patient at all', () => {
    expect(validate(documentOf({ resourceType: 'Binary' }), now).map((issue) => issue.severity)).toEqual([
      'information',
    ])
  })
})

test('never repeats a value of the document', () => {
  const secret = 'Zaphod'
  const text = JSON.stringify(
    validate(bundleOf(observation({ status: secret, code: secret, effectiveDateTime: secret })), now),
  )
  expect(text).not.toContain(secret)
})

test('stops listing at the limit', () => {
  const many = Array.from({ length: limits.issuesMax + 50 }, () => observation({ status: 1 }))
  expect(validate(bundleOf(...many), now)).toHaveLength(limits.issuesMax + 1)
})
