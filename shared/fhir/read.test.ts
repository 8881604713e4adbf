import { describe, expect, test } from 'vitest'
import { documentOf } from './fixtures.ts'
import { limits } from './limits.ts'
import { readDocument } from './read.ts'

const json = 'application/fhir+json'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const causeOf = (content: Uint8Array, mediaType = json): string => {
  const result = readDocument(content, mediaType)
  return result.ok ? 'read' : result.cause
}

describe('refuses what holds no resource', () => {
  test.each([
    ['empty', bytes('')],
    ['empty', bytes('  \n')],
    ['not-text', Uint8Array.of(0xff, 0xfe, 0x00, 0x41)],
    ['not-json', bytes('{"resourceType":"Patient"')],
    ['not-json', bytes('<Patient xmlns="http://hl7.org/fhir"/>')],
    ['not-fhir', bytes('[]')],
    ['not-fhir', bytes('{"resourceType":"../etc"}')],
    ['not-fhir', bytes('null')],
    ['too-deep', bytes('['.repeat(limits.documentMaxDepth + 1))],
    ['too-deep', bytes(`{"resourceType":"Patient","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)],
  ])('%s', (cause, content) => {
    expect(causeOf(content)).toBe(cause)
  })

  test('a format other than JSON', () => {
    expect(causeOf(bytes('{}'), 'application/pdf')).toBe('format-unknown')
  })

  test('a file over the size limit', () => {
    expect(causeOf(new Uint8Array(limits.documentMaxBytes + 1))).toBe('too-large')
  })

  test('a file with too many lines of resources', () => {
    const line = '{"resourceType":"Flag"}\n'
    expect(causeOf(bytes(line.repeat(limits.resourcesMax + 1)), 'application/fhir+ndjson')).toBe(
      'too-many-resources',
    )
  })
})

test('brackets inside strings are no depth', () => {
  const text = JSON.stringify({ resourceType: 'Basic', note: `\\"${'['.repeat(500)}` })
  expect(causeOf(bytes(text))).toBe('read')
})

test('reads with a byte order mark and media type parameters', () => {
  expect(
    causeOf(
      bytes('\ufeff{"resourceType":"Patient"}'),
      'Application/FHIR+JSON; charset=utf-8; fhirVersion=4.0',
    ),
  ).toBe('read')
})

test('says that a file is of another FHIR version', () => {
  const result = readDocument(bytes('{"resourceType":"Patient"}'), `${json}; fhirVersion=3.0`)
  expect(result.ok && result.document.issues.map((issue) => issue.severity)).toEqual(['warning'])
})

test('reads the readable entries of a bundle and names the others', () => {
  const document = documentOf({
    resourceType: 'Bundle',
    type: 'batch-response',
    entry: [
      { resource: { resourceType: 'Patient' } },
      { response: { status: '201' } },
      {},
      { resource: { id: 'x' } },
      { resource: 7 },
      null,
    ],
  })
  expect(document.resources.map((resource) => resource.type)).toEqual(['Patient'])
  expect(document.issues.map(({ where, what }) => `${where}: ${what}`)).toEqual([
    'Entry 3: This entry is empty.',
    'Entry 4: This entry does not say what it is.',
    'Entry 5: This entry is not readable.',
  ])
})

test('reads bundles inside bundles, but not without end', () => {
  let nested: object = { resourceType: 'Patient' }
  for (let depth = 0; depth < limits.nestedBundlesMax + 1; depth++) {
    nested = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: nested }] }
  }
  expect(documentOf(nested).resources).toHaveLength(1)
  const deeper = documentOf({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: nested }] })
  expect(deeper.resources).toHaveLength(0)
  expect(deeper.issues.at(-1)?.what).toBe('Too many bundles inside bundles.')
})

test('reads one resource a line and leaves out broken lines', () => {
  const document = documentOf(
    bytes('{"resourceType":"Patient","id":"1"}\r\n{"resource\n\n{"resourceType":"Flag"}'),
    'application/fhir+ndjson',
  )
  expect(document.kind).toBe('list')
  expect(document.resources.map((resource) => resource.type)).toEqual(['Patient', 'Flag'])
  expect(document.issues[0]?.where).toBe('Line 2')
})

describe('references', () => {
  const document = documentOf({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', id: 'a' } },
      { fullUrl: 'https://one.example/Patient/b', resource: { resourceType: 'Patient', id: 'b' } },
      { fullUrl: 'https://two.example/Patient/b', resource: { resourceType: 'Patient', id: 'b' } },
      { resource: { resourceType: 'Flag', contained: [{ resourceType: 'Device', id: 'd' }] } },
    ],
  })
  const from = document.resources[3]
  const target = (reference: string): string | undefined =>
    from && document.resolve({ reference }, from)?.where

  test.each([
    ['urn:uuid:1', 'Patient 1'],
    ['Patient/a', 'Patient 1'],
    ['Patient/a/_history/7', 'Patient 1'],
    ['https://two.example/Patient/b', 'Patient 3'],
    ['#d', 'Flag 4, inside'],
  ])('%s is found', (reference, where) => {
    expect(target(reference)).toBe(where)
  })

  test.each(['urn:uuid:2', 'Patient/b', 'https://three.example/Patient/a', '#x', '', '__proto__'])(
    '%s is not guessed',
    (reference) => {
      expect(target(reference)).toBeUndefined()
    },
  )
})
