import { readFileSync } from 'node:fs'
import type { PatientBundle, PreparedRecord } from './patients.ts'

/** The fields of the resources that are used here. */
interface Resource {
  resourceType: string
  id: string
  billablePeriod?: { start: string }
  provider?: { reference: string }
}

const day = (date: string): string => date.slice(0, 10)

const inWords = (date: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date))

/**
 * The insurance statement of a visit as Synthea wrote it, and its patient; `back` visits before the newest. Nothing else:
 * what a statement refers to (the visit, the claim, the diagnoses) is care and no bill, so the references are left out.
 */
export function visitBill(bundle: PatientBundle, back = 0): PreparedRecord {
  const statements = bundle.entries
    .filter(({ resource }) => resource.resourceType === 'ExplanationOfBenefit')
    .sort((a, b) => startOf(b.resource).localeCompare(startOf(a.resource)))
  const found = statements[back]
  const date = day(found ? startOf(found.resource) : '')
  if (!found || date === '') throw new Error(`${bundle.name} has no such bill.`)
  const bill = { ...withoutCare(found.resource, patientOf(bundle)?.fullUrl), provider: providerOf(bundle, found.resource) }
  return prepared(`Bill for your visit of ${inWords(date)}`, date, bundle, bill)
}

const patientOf = (bundle: PatientBundle) =>
  bundle.entries.find(({ resource }) => resource.resourceType === 'Patient')

/** The resource without its references into the patient's file, but for the patient. */
function withoutCare<T extends object>(resource: T, patient: string | undefined): T {
  const kept = (value: unknown) => {
    const reference = typeof value === 'object' && value !== null && 'reference' in value && value.reference
    return !(typeof reference === 'string' && reference.startsWith('urn:') && reference !== patient)
  }
  return JSON.parse(JSON.stringify(resource), (_, value) => {
    if (Array.isArray(value)) return value.filter(kept)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).filter(([, part]) => kept(part)))
  })
}

/** Who treated, by name. */
function providerOf({ entries }: PatientBundle, { provider }: Resource) {
  const found = entries.find(({ fullUrl }) => fullUrl === provider?.reference)
  const [name] = found?.resource.name ?? []
  return name ? { display: `${name.given.join(' ')} ${name.family}`.replaceAll(/\d+/g, '') } : {}
}

const startOf = ({ billablePeriod }: Resource): string => billablePeriod?.start ?? ''

/** The invoice of the FHIR standard's examples, in euros, for copies of this patient's records. */
export function copiesInvoice(bundle: PatientBundle): PreparedRecord {
  const url = new URL('examples-r4/Invoice-example.json', import.meta.url)
  const example = JSON.parse(readFileSync(url, 'utf8'))
  const visit = visitBill(bundle)
  const lineItem = [
    {
      chargeItemCodeableConcept: { text: 'Copies of your records on paper' },
      priceComponent: [
        { type: 'base', amount: example.totalNet },
        { type: 'tax', amount: { value: 8, currency: 'EUR' } },
      ],
    },
  ]
  const subject = { reference: patientOf(bundle)?.fullUrl }
  const invoice = { ...example, id: `copies-${bundle.key}`, subject, date: visit.period.end, lineItem }
  return prepared('Invoice for copies of your records', visit.period.end, bundle, invoice)
}

function prepared(title: string, date: string, bundle: PatientBundle, bill: { id: string }): PreparedRecord {
  const patient = patientOf(bundle)
  const entry = [
    { fullUrl: patient?.fullUrl, resource: patient?.resource },
    { fullUrl: `urn:uuid:${bill.id}`, resource: bill },
  ]
  const text = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }, null, 2)
  return {
    title,
    category: 'billing',
    mediaType: 'application/fhir+json',
    period: { start: date, end: date },
    content: new TextEncoder().encode(text),
  }
}
