import { describe, expect, it } from 'vitest'
import { laboratoryReport, loadPatient, medicationList, wholeHistory } from '../../data/patients.ts'
import { readable } from './readable.ts'

describe('a record from elsewhere', () => {
  it('becomes rows that a doctor reads', async () => {
    const patient = await loadPatient('elvina-lemke')
    const results = readable(laboratoryReport(patient).content)
    expect(results.map(({ name }) => name)).toContain('Glucose')
    expect(results.every(({ value }) => /^\d+(\.\d{1,2})? \S+$/.test(value))).toBe(true)
    expect(readable(medicationList(patient).content).length).toBeGreaterThan(0)
    expect(readable(wholeHistory(patient).content).length).toBeGreaterThan(100)
  })

  it('becomes no rows when it is not FHIR', () => {
    const texts = ['', 'not json', '[]', '{"resourceType":"Bundle","entry":[{}]}', 'null', '{"entry":3}']
    for (const text of texts) expect(readable(new TextEncoder().encode(text))).toEqual([])
  })
})
