import { expect, it } from 'vitest'
import { emergencyDocument } from './emergency-summary.ts'
import { readDocument } from './read.ts'
import { summarize } from './summarize.ts'
import { validate } from './validate.ts'

const document = emergencyDocument(
  {
    name: 'Elvina Lemke',
    birthDate: '1958-03-02',
    entries: [
      { section: 'allergies', text: 'Penicillin', note: 'Swelling of the throat' },
      { section: 'medications', text: 'Warfarin 3 mg', note: '' },
    ],
    contacts: [{ name: 'Otto Lemke', relation: 'Brother', phone: '+46 8 123 45 67' }],
  },
  new Date('2026-11-20T13:00:00Z'),
)

it('is a document that our own reader reads without a complaint', () => {
  const read = readDocument(new TextEncoder().encode(JSON.stringify(document)), 'application/fhir+json')
  if (!read.ok) throw new Error(read.message)
  expect(validate(read.document)).toEqual([])
  const { title, patient, sections } = summarize(read.document)
  expect(title).toBe('Emergency summary')
  expect(patient).toEqual({ name: 'Elvina Lemke', birthDate: '1958-03-02' })
  const rows = sections.flatMap((section) =>
    section.rows.map(({ label, note }) => [section.category, label, note]),
  )
  expect(rows).toContainEqual(['allergies', 'Penicillin', expect.stringContaining('Swelling of the throat')])
  expect(rows.map(([category]) => category)).toContain('medications')
})

it('says that a section is empty because the patient left it so', () => {
  expect(JSON.stringify(document)).toContain('The patient has put nothing here.')
  expect(JSON.stringify(document)).toContain('+46 8 123 45 67')
})
