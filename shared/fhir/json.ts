import { limits } from './limits.ts'

/** Parsed JSON of unknown shape. Only own properties are ever read, so `__proto__` or `constructor` mean nothing. */
export type JsonObject = Readonly<Record<string, unknown>>

const nothing: JsonObject = Object.freeze(Object.create(null))

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as an object, or an empty one. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : nothing)

/** An own property of an object, else undefined. */
export function at(value: unknown, ...path: string[]): unknown {
  let current = value
  for (const key of path) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined
    current = current[key]
  }
  return current
}

/** The objects in a list. Vendors often send the single object where FHIR wants a list: that is read as a list of one. */
export function listOf(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.filter(isObject)
  return isObject(value) ? [value] : []
}

// Control, zero-width and bidirectional characters: they can make a name read as another one on a consent screen.
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu

/** Text as people may see it: one line, nothing invisible, bounded. Undefined when nothing is left. */
export function textOf(value: unknown, maxCharacters: number = limits.nameMaxCharacters): string | undefined {
  if (typeof value !== 'string') return undefined
  // Twice the bound leaves room for what is removed and keeps the work small.
  const clean = value
    .slice(0, 2 * maxCharacters)
    .replace(/\s+/g, ' ')
    .replace(invisible, '')
    .replace(/ {2,}/g, ' ')
    .trim()
  if (clean === '') return undefined
  return clean.length <= maxCharacters ? clean : `${clean.slice(0, maxCharacters - 1).trimEnd()}…`
}

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** A code as machines compare it; never shown. */
export const codeOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= 200 ? value : undefined
