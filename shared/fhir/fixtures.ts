import { readdirSync, readFileSync } from 'node:fs'
import { type ClinicalDocument, readDocument } from './read.ts'

/** Test data only: the files of `e2e/data` by folder and name. */
const root = new URL('../../e2e/data/', import.meta.url)

export const fixtureNames = ['patients', 'ips', 'examples-r4'].flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${folder}/${name}`),
)

export const fixtureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, root)))

export function documentOf(content: unknown, mediaType = 'application/fhir+json'): ClinicalDocument {
  const bytes = content instanceof Uint8Array ? content : new TextEncoder().encode(JSON.stringify(content))
  const result = readDocument(bytes, mediaType)
  if (!result.ok) throw new Error(result.message)
  return result.document
}

export const fixture = (name: string): ClinicalDocument => documentOf(fixtureBytes(name))

const subject = { reference: 'Patient/p' }

/** A collection of these resources and one patient. */
export const bundleOf = (...resources: object[]): ClinicalDocument =>
  documentOf({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { resourceType: 'Patient', id: 'p', name: [{ given: ['Ada'], family: 'Berg' }] },
      ...resources,
    ].map((resource) => ({ resource })),
  })

/** A laboratory result; `more` overrides. */
export const observation = (more: object = {}): object => ({
  resourceType: 'Observation',
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { text: 'Potassium' },
  subject,
  effectiveDateTime: '2026-03-04',
  valueQuantity: { value: 4.1, unit: 'mmol/L' },
  ...more,
})

export const condition = (text: string, more: object = {}): object => ({
  resourceType: 'Condition',
  code: { text },
  subject,
  onsetDateTime: '2020-05',
  ...more,
})
