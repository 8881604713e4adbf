import { describe, expect, test } from 'vitest'
import { billsOf, careIn } from '../../shared/fhir/bills.ts'
import { categorize } from '../../shared/fhir/categorize.ts'
import { readDocument } from '../../shared/fhir/read.ts'
import { validate } from '../../shared/fhir/validate.ts'
import { copiesInvoice, visitBill } from './bills.ts'
import { loadPatient, type PreparedRecord, patients } from './patients.ts'

function documentOf({ content, mediaType }: PreparedRecord) {
  const result = readDocument(content, mediaType)
  if (!result.ok) throw new Error(result.message)
  return result.document
}

describe.each(patients)('the bills of %s', (key) => {
  test('are bills and nothing else', async () => {
    const bundle = await loadPatient(key)
    for (const record of [visitBill(bundle), visitBill(bundle, 1), copiesInvoice(bundle)]) {
      const document = documentOf(record)
      expect(categorize(document).category).toBe('billing')
      expect(careIn(document)).toBe(0)
      expect(validate(document)).toEqual([])
      const [bill, ...others] = billsOf(document)
      expect(others).toEqual([])
      expect(bill?.total?.minor).toBeGreaterThan(0)
    }
  })
})

test('have the amounts that the hospital’s system and the standard’s example gave', async () => {
  const bundle = await loadPatient('elvina-lemke')
  const [newest] = billsOf(documentOf(visitBill(bundle)))
  expect(newest).toMatchObject({ total: { minor: 26_552, currency: 'USD' }, due: { minor: 15_310, currency: 'USD' } })
  const [copies] = billsOf(documentOf(copiesInvoice(bundle)))
  expect(copies).toMatchObject({
    total: { minor: 4_800, currency: 'EUR' },
    lines: [{ label: 'Copies of your records on paper', amount: { minor: 4_800, currency: 'EUR' } }],
  })
})
