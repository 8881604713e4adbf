import { at, isObject, type JsonObject, listOf } from './json.ts'

/** Something wrong or odd in a document. It never stops the rest from being read. */
export interface Issue {
  severity: 'error' | 'warning' | 'information'
  /** Where: "Observation 12: status". Never a value of the document. */
  where: string
  /** What, in a plain sentence. */
  what: string
}

export interface Resource {
  type: string
  /** "Observation 12": the type and its place in the document. */
  where: string
  fullUrl?: string
  body: JsonObject
}

/** A clinical document as it was readable. Bodies are unchecked JSON: read them with `json.ts`. */
export interface ClinicalDocument {
  kind: 'bundle' | 'resource' | 'list'
  /** `Bundle.type`, such as "document" or "transaction". */
  bundleType?: string
  bytes: number
  resources: readonly Resource[]
  issues: readonly Issue[]
  /** What a FHIR Reference inside `from` points to, if it is in this document. */
  resolve: (reference: unknown, from: Resource) => Resource | undefined
}

const resourceName = /^[A-Z][A-Za-z]{2,63}$/

export const isResource = (value: unknown): value is JsonObject & { resourceType: string } => {
  const type = at(value, 'resourceType')
  return isObject(value) && typeof type === 'string' && resourceName.test(type)
}

/**
 * References by full URL, then by `Type/id` (hl7.org/fhir/R4/bundle.html#references).
 * A `Type/id` that two entries share resolves to none: better no result than another patient's.
 */
export function resolver(resources: readonly Resource[]): ClinicalDocument['resolve'] {
  const byUrl = new Map<string, Resource>()
  const byId = new Map<string, Resource | undefined>()
  for (const resource of resources) {
    if (resource.fullUrl !== undefined && !byUrl.has(resource.fullUrl)) byUrl.set(resource.fullUrl, resource)
    const id = at(resource.body, 'id')
    if (typeof id !== 'string') continue
    const key = `${resource.type}/${id}`
    byId.set(key, byId.has(key) ? undefined : resource)
  }
  return (reference, from) => {
    const value = typeof reference === 'string' ? reference : at(reference, 'reference')
    if (typeof value !== 'string' || value === '') return undefined
    if (value.startsWith('#')) return contained(from, value.slice(1))
    const unversioned = value.replace(/\/_history\/[^/]*$/, '')
    return byUrl.get(value) ?? byUrl.get(unversioned) ?? byId.get(unversioned)
  }
}

function contained(from: Resource, id: string): Resource | undefined {
  const found = listOf(at(from.body, 'contained')).find((body) => at(body, 'id') === id)
  return isResource(found)
    ? { type: found.resourceType, where: `${from.where}, inside`, body: found }
    : undefined
}
