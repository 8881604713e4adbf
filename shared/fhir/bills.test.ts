import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { billsOf, careIn } from './bills.ts'
import { readDocument } from './read.ts'
import { summarize } from './summarize.ts'

const data = new URL('../../e2e/data/', import.meta.url)

function documentOf(content: Uint8Array | string) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const read = readDocument(bytes, 'application/fhir+json')
  if (!read.ok) throw new Error(read.message)
  return read.document
}
const example = (name: string) => documentOf(readFileSync(new URL(`examples-r4/${name}.json`, data)))
const bundleOf = (...resources: object[]) =>
  documentOf(
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map((resource) => ({ resource })),
    }),
  )
const json = (name: string): object =>
  JSON.parse(readFileSync(new URL(`examples-r4/${name}.json`, data), 'utf8'))
const usd = (minor: number) => ({ minor, currency: 'USD' })

describe('billsOf', () => {
  it('reads the standard’s invoice', () => {
    expect(billsOf(example('Invoice-example'))).toEqual([
      {
        number: '654321',
        date: '2017-01-25T08:00:00+01:00',
        lines: [],
        total: { minor: 4_800, currency: 'EUR' },
        due: { minor: 4_800, currency: 'EUR' },
        settled: false,
      },
    ])
  })

  it('reads the standard’s insurance statements', () => {
    const [first] = billsOf(example('ExplanationOfBenefit-EB3500'))
    expect(first).toMatchObject({ total: usd(13_557), insurerPart: usd(9_600), due: usd(3_957) })
    const [refused] = billsOf(example('ExplanationOfBenefit-EB3501'))
    expect(refused).toMatchObject({ total: usd(247_857), insurerPart: usd(0), due: usd(247_857) })
  })

  it('reads every statement of a synthetic patient, to the cent', () => {
    const bills = billsOf(documentOf(readFileSync(new URL('patients/elvina-lemke.json', data))))
    expect(bills).toHaveLength(28)
    const newest = bills.find(({ date }) => date?.startsWith('2020-11-03'))
    expect(newest).toMatchObject({
      total: usd(26_552),
      insurer: 'Dual eligible',
      insurerPart: usd(11_242),
      due: usd(15_310),
      lines: [
        { label: 'Encounter for check up' },
        { label: 'Influenza, seasonal, injectable, preservative free', amount: usd(14_052) },
      ],
    })
  })

  it('takes an invoice and the insurance statement beside it for one bill', () => {
    const invoice = { ...json('Invoice-example'), totalGross: { value: 135.57, currency: 'USD' } }
    const bills = billsOf(bundleOf(invoice, json('ExplanationOfBenefit-EB3500')))
    expect(bills).toHaveLength(1)
    expect(bills[0]).toMatchObject({ number: '654321', total: usd(13_557), due: usd(3_957) })
  })

  it('never takes one currency from another', () => {
    const bills = billsOf(bundleOf(json('Invoice-example'), json('ExplanationOfBenefit-EB3500')))
    expect(bills[0]).toMatchObject({ total: { minor: 4_800, currency: 'EUR' }, insurerPart: usd(9_600) })
    expect(bills[0]).not.toHaveProperty('due')
  })

  it('leaves out what was cancelled or entered by mistake', () => {
    for (const status of ['cancelled', 'entered-in-error'])
      expect(billsOf(bundleOf({ ...json('Invoice-example'), status }))).toEqual([])
  })

  it('owes nothing of a balanced invoice', () => {
    const [bill] = billsOf(bundleOf({ ...json('Invoice-example'), status: 'balanced' }))
    expect(bill).toMatchObject({ settled: true, due: { minor: 0, currency: 'EUR' } })
  })

  it('adds the parts of a price and takes off what is taken off', () => {
    const component = (type: string, value: number, currency = 'EUR') => ({
      type,
      amount: { value, currency },
    })
    const item = (text: string, ...priceComponent: object[]) => ({
      chargeItemCodeableConcept: { text },
      priceComponent,
    })
    const lineItem = [
      item('Visit', component('base', 40.1), component('tax', 8.02), component('discount', 0.12)),
      item('Film', component('base', 5), component('tax', 1, 'USD')),
      item('Copy', { type: 'base' }),
    ]
    const [bill] = billsOf(bundleOf({ ...json('Invoice-example'), lineItem }))
    expect(bill?.lines).toEqual([
      { label: 'Visit', amount: { minor: 4_800, currency: 'EUR' } },
      { label: 'Film' },
      { label: 'Copy' },
    ])
  })

  it('names issuer and insurer from the document itself', () => {
    const [bill] = billsOf(
      bundleOf(
        { resourceType: 'Organization', id: '7', name: 'St. Brigid Hospital' },
        { ...json('Invoice-example'), issuer: { reference: 'Organization/7' } },
      ),
    )
    expect(bill?.issuer).toBe('St. Brigid Hospital')
  })
})

describe('careIn', () => {
  it('counts what is no bill', () => {
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'Glucose' } }
    expect(careIn(bundleOf(json('Invoice-example'), json('Patient-example')))).toBe(0)
    expect(careIn(bundleOf(json('Invoice-example'), observation))).toBe(1)
  })
})

describe('summarize', () => {
  it('gives figures of a bill for shielded care, too', () => {
    const item = [
      {
        productOrService: {
          text: 'Prenatal visit',
          coding: [{ system: 'http://snomed.info/sct', code: '424441002' }],
        },
      },
    ]
    const summary = summarize(bundleOf({ ...json('ExplanationOfBenefit-EB3500'), item }))
    expect(summary.category).toBe('sexual-health')
    expect(summary.bills).toHaveLength(1)
  })

  it('gives figures of billing documents alone', () => {
    expect(summarize(example('Invoice-example')).bills).toHaveLength(1)
    expect(summarize(example('DiagnosticReport-f201')).bills).toBeUndefined()
  })
})
