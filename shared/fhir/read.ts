import type { Reason } from '../protocol/errors.ts'
import { type ClinicalDocument, type Issue, isResource, type Resource, resolver } from './document.ts'
import { at, isObject, listOf } from './json.ts'
import { limits } from './limits.ts'

export type { ClinicalDocument, Issue, Resource } from './document.ts'

export const unreadable = {
  empty: ['record-damaged', 'This file is empty.'],
  'too-large': ['record-too-large', 'This file is too large to be read here.'],
  'format-unknown': [
    'record-format-unknown',
    'This kind of file cannot be read yet. FHIR files in JSON can.',
  ],
  'not-text': ['record-damaged', 'This file is not text in UTF-8. It may be damaged or of another kind.'],
  'not-json': ['record-damaged', 'This file is not complete JSON. It may be cut off or damaged.'],
  'too-deep': ['record-damaged', 'This file is nested deeper than any clinical document is.'],
  'not-fhir': ['record-format-unknown', 'This file is JSON but no FHIR document.'],
  'too-many-resources': ['record-too-large', 'This file has more entries than can be read here.'],
} as const satisfies Record<string, readonly [Reason, string]>

export interface Unreadable {
  ok: false
  cause: keyof typeof unreadable
  /** The protocol's reason, for a `CarekeyError`. */
  reason: Reason
  message: string
}

export type ReadResult = { ok: true; document: ClinicalDocument } | Unreadable

const refuse = (cause: keyof typeof unreadable): Unreadable => {
  const [reason, message] = unreadable[cause]
  return { ok: false, cause, reason, message }
}

const jsonTypes = new Set(['application/fhir+json', 'application/json+fhir', 'application/json', 'text/json'])
const lineTypes = new Set(['application/fhir+ndjson', 'application/ndjson', 'application/x-ndjson'])

/**
 * Reads a FHIR R4 document in JSON: a Bundle of any type, a single resource, or one resource a line (bulk export).
 * Reads what is readable and lists what is wrong; refuses only what no resource can be got out of.
 */
export function readDocument(bytes: Uint8Array, mediaType: string): ReadResult {
  const [type = '', ...parameters] = mediaType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  if (!jsonTypes.has(type) && !lineTypes.has(type)) return refuse('format-unknown')
  if (bytes.length === 0) return refuse('empty')
  if (bytes.length > limits.documentMaxBytes) return refuse('too-large')
  const issues: Issue[] = []
  const version = parameters.find((part) => part.startsWith('fhirversion='))?.slice('fhirversion='.length)
  if (version !== undefined && !version.startsWith('4.')) {
    note(
      issues,
      'warning',
      'The file',
      'This file says it is of another FHIR version than R4; parts may be missing here.',
    )
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('not-text')
  }
  if (text.trim() === '') return refuse('empty')
  if (!shallowEnough(text)) return refuse('too-deep')
  const read = lineTypes.has(type) ? readLines(text, issues) : readWhole(text, issues)
  if (typeof read === 'string') return refuse(read)
  const { kind, bundleType, resources } = read
  const found = { kind, bytes: bytes.length, resources, issues, resolve: resolver(resources) }
  return { ok: true, document: bundleType === undefined ? found : { ...found, bundleType } }
}

type Read = Pick<ClinicalDocument, 'kind' | 'bundleType'> & { resources: Resource[] }

function readWhole(text: string, issues: Issue[]): Read | 'not-json' | 'not-fhir' | 'too-many-resources' {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return 'not-json'
  }
  if (!isResource(root)) return 'not-fhir'
  if (root.resourceType !== 'Bundle') {
    return {
      kind: 'resource',
      resources: [{ type: root.resourceType, where: root.resourceType, body: root }],
    }
  }
  const resources: Resource[] = []
  if (!Array.isArray(at(root, 'entry')))
    note(issues, 'warning', 'Bundle: entry', 'This bundle has no list of entries.')
  if (!flatten(root, resources, issues, 0)) return 'too-many-resources'
  const bundleType = at(root, 'type')
  if (typeof bundleType === 'string')
    return { kind: 'bundle', bundleType: bundleType.slice(0, 40), resources }
  note(issues, 'error', 'Bundle: type', 'The kind of bundle is missing.')
  return { kind: 'bundle', resources }
}

function readLines(text: string, issues: Issue[]): Read | 'not-json' | 'not-fhir' | 'too-many-resources' {
  const resources: Resource[] = []
  let parsed = 0
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    let body: unknown
    try {
      body = JSON.parse(line)
      parsed++
    } catch {
      note(issues, 'error', `Line ${index + 1}`, 'This line is not JSON and was left out.')
      continue
    }
    if (!add(body, `Line ${index + 1}`, undefined, resources, issues)) return 'too-many-resources'
  }
  if (resources.length > 0) return { kind: 'list', resources }
  return parsed === 0 ? 'not-json' : 'not-fhir'
}

/** False when there are too many. */
function flatten(bundle: unknown, into: Resource[], issues: Issue[], depth: number): boolean {
  for (const [index, entry] of listOf(at(bundle, 'entry')).entries()) {
    const resource = at(entry, 'resource')
    if (resource === undefined || resource === null) {
      // Answers and deletions rightly carry no resource.
      if (at(entry, 'response') === undefined && at(entry, 'request') === undefined) {
        note(issues, 'warning', `Entry ${index + 1}`, 'This entry is empty.')
      }
      continue
    }
    if (isResource(resource) && resource.resourceType === 'Bundle') {
      if (depth >= limits.nestedBundlesMax)
        note(issues, 'error', `Entry ${index + 1}`, 'Too many bundles inside bundles.')
      else if (!flatten(resource, into, issues, depth + 1)) return false
      continue
    }
    const fullUrl = at(entry, 'fullUrl')
    const url = typeof fullUrl === 'string' && fullUrl !== '' ? fullUrl : undefined
    if (!add(resource, `Entry ${index + 1}`, url, into, issues)) return false
  }
  return true
}

function add(
  body: unknown,
  where: string,
  fullUrl: string | undefined,
  into: Resource[],
  issues: Issue[],
): boolean {
  if (!isResource(body)) {
    note(
      issues,
      'error',
      where,
      isObject(body) ? 'This entry does not say what it is.' : 'This entry is not readable.',
    )
    return true
  }
  if (into.length >= limits.resourcesMax) return false
  const resource = { type: body.resourceType, where: `${body.resourceType} ${into.length + 1}`, body }
  into.push(fullUrl === undefined ? resource : { ...resource, fullUrl })
  return true
}

function note(issues: Issue[], severity: Issue['severity'], where: string, what: string): void {
  if (issues.length < limits.issuesMax) issues.push({ severity, where, what })
}

/** Counts brackets outside strings before parsing, so that no later step can run out of stack. */
function shallowEnough(text: string): boolean {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x22) {
      index = endOfString(text, index)
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > limits.documentMaxDepth) return false
    } else if (code === 0x7d || code === 0x5d) {
      depth--
    }
  }
  return true
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x5c) index++
    else if (code === 0x22) return index
  }
  return text.length
}
