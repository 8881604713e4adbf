import { describe, expect, test } from 'vitest'
import { categorize } from '../../shared/fhir/categorize.ts'
import { type ClinicalDocument, readDocument } from '../../shared/fhir/read.ts'
import { validate } from '../../shared/fhir/validate.ts'
import {
  laboratoryReport,
  loadPatient,
  medicationList,
  type PreparedRecord,
  patients,
  wholeHistory,
} from './patients.ts'
import { daysToRecent, shiftDates } from './shift-dates.ts'

const today = new Date('2026-11-20T09:00:00Z')

function documentOf({ content, mediaType }: PreparedRecord): ClinicalDocument {
  const result = readDocument(content, mediaType)
  if (!result.ok) throw new Error(result.message)
  return result.document
}

describe('shifting dates', () => {
  test('moves days and keeps times, zones, layout and everything else', () => {
    const json =
      '{ "date":"2020-02-28T23:59:59.5-05:00","birthDate":"1999-12-31", "text":"2020-02-28 was cold","id":"2020-02-281" }'
    expect(shiftDates(json, 2)).toBe(
      '{ "date":"2020-03-01T23:59:59.5-05:00","birthDate":"2000-01-02", "text":"2020-02-28 was cold","id":"2020-02-281" }',
    )
  })

  test('there and back is the same file', async () => {
    const { text, shiftedDays } = await loadPatient('elvina-lemke', today)
    expect(shiftDates(shiftDates(text, -shiftedDays), shiftedDays)).toBe(text)
  })

  test('keeps weekdays and ends three to four weeks before today', () => {
    for (const newest of ['2020-11-03', '2026-11-19', '2026-10-30', '2030-01-01']) {
      const days = daysToRecent(newest, today)
      const age = (Date.parse('2026-11-20') - Date.parse(newest)) / 86_400_000 - days
      expect(Math.abs(days % 7)).toBe(0)
      expect(age).toBeGreaterThanOrEqual(21)
      expect(age).toBeLessThan(28)
    }
  })
})

describe.each(patients)('%s', (key) => {
  test('loads with a recent visit and the same age as before', async () => {
    const bundle = await loadPatient(key, today)
    const { period } = wholeHistory(bundle)
    expect(period.end >= '2026-10-23' && period.end <= '2026-10-31').toBe(true)
    expect(bundle.shiftedDays % 7).toBe(0)
  })

  test('has a recent laboratory report and a whole history that say what they are', async () => {
    const bundle = await loadPatient(key, today)
    for (const record of [laboratoryReport(bundle), wholeHistory(bundle)]) {
      const document = documentOf(record)
      expect(categorize(document).category).toBe(record.category)
      expect(validate(document, today)).toEqual([])
    }
    expect(laboratoryReport(bundle).period.start > '2021-11-20').toBe(true)
  })
})

test('Elvina Lemke’s records carry the journey', async () => {
  const bundle = await loadPatient('elvina-lemke', today)
  const laboratory = laboratoryReport(bundle)
  const medicines = medicationList(bundle)
  const history = wholeHistory(bundle)
  expect(categorize(documentOf(laboratory))).toMatchObject({
    counts: { laboratory: 1 },
    shielded: [],
    period: laboratory.period,
  })
  expect(categorize(documentOf(medicines))).toMatchObject({
    category: 'medications',
    counts: { medications: 3 },
    shielded: [],
  })
  expect(history.content.length).toBeGreaterThan(1_000_000)
  expect(categorize(documentOf(history)).period).toEqual(history.period)
})
