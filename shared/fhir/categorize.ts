import { type Category, categories } from '../protocol/categories.ts'
import {
  categoryByCategoryCode,
  categoryByLoinc,
  categoryByResourceType,
  categoryEntries,
} from './categories.ts'
import { clinicalPeriodOf, daysOf, join, type Period } from './dates.ts'
import type { ClinicalDocument, Resource } from './document.ts'
import { at, codeOf, listOf } from './json.ts'
import { isVoid } from './row-form.ts'
import { shieldedCategoriesOf } from './shielded.ts'

export interface Categorized {
  /**
   * The one category of the whole document. A document of several kinds is `documents`. It is a shielded category
   * if at least half of what it tells is of that category.
   */
  category: Category
  /** Every shielded category that something in the document touches, in fixed order. */
  shielded: Category[]
  /** How many countable things it has of each category; the results inside a report are not counted again. */
  counts: Partial<Record<Category, number>>
  /** First and last clinical day, as the author dated them. Absent when the document has no date. */
  period?: Period
}

const codesOf = (concept: unknown, system?: RegExp): string[] =>
  listOf(concept).flatMap((one) =>
    [one, ...listOf(at(one, 'coding'))]
      .filter((coding) => !system || system.test(codeOf(at(coding, 'system')) ?? ''))
      .map((coding) => codeOf(at(coding, 'code')) ?? ''),
  )

function firstFound(codes: string[], among: ReadonlyMap<string, Category>): Category | undefined {
  for (const code of codes) {
    const category = among.get(code)
    if (category !== undefined && !categoryEntries[category].shielded) return category
  }
  return undefined
}

/** The plain category of one resource, shields aside. Undefined for people, places, visits and other context. */
export function categoryOfResource(resource: Resource): Category | undefined {
  const byType = categoryByResourceType.get(resource.type)
  if (resource.type !== 'Observation' && resource.type !== 'DiagnosticReport') return byType
  const byCategory = firstFound(codesOf(at(resource.body, 'category')), categoryByCategoryCode)
  if (byCategory) return byCategory
  const loinc = codesOf(at(resource.body, 'code'), /loinc/i)
  const byCode = firstFound(loinc, categoryByLoinc)
  if (byCode) return byCode
  // An observation with a LOINC code that is no known measurement is most likely a laboratory test.
  if (resource.type === 'Observation' && (loinc.length > 0 || at(resource.body, 'specimen')))
    return 'laboratory'
  return byType
}

/** References that make the thing pointed to a part of the thing that points. */
const partFields: Readonly<Record<string, readonly string[]>> = {
  DiagnosticReport: ['result', 'imagingStudy'],
  Observation: ['hasMember'],
  MedicationRequest: ['medicationReference'],
  MedicationStatement: ['medicationReference'],
  MedicationDispense: ['medicationReference'],
  MedicationAdministration: ['medicationReference'],
}
const supportFields = [
  'reasonReference',
  'evidence',
  'derivedFrom',
  'basedOn',
  'partOf',
  'indication',
] as const

/** Resources that another one includes as its part, such as the results of a report. */
export function partsOf(document: ClinicalDocument): Set<Resource> {
  return pointedTo(document, (resource) => partFields[resource.type] ?? [])
}

function pointedTo(
  document: ClinicalDocument,
  fields: (resource: Resource) => readonly string[],
): Set<Resource> {
  const found = new Set<Resource>()
  for (const resource of document.resources) {
    for (const field of fields(resource)) {
      for (const reference of listOf(at(resource.body, field))) {
        const target = document.resolve(reference, resource)
        if (target && target !== resource) found.add(target)
      }
    }
  }
  return found
}

/** Category, shields, counts and data period of a document. Never throws. */
export function categorize(document: ClinicalDocument): Categorized {
  const parts = partsOf(document)
  const counts: Partial<Record<Category, number>> = {}
  const shielded = new Map<Category, number>()
  const counted: Resource[] = []
  for (const resource of document.resources) {
    const marks = shieldedCategoriesOf(resource.body)
    const category = categoryOfResource(resource)
    // The shield of a part counts for the document, and once more for the whole it belongs to.
    for (const mark of marks) shielded.set(mark, (shielded.get(mark) ?? 0) + 1)
    if (category === undefined || parts.has(resource) || isVoid(resource.body)) continue
    counted.push(resource)
    const [mark] = marks
    counts[mark ?? category] = (counts[mark ?? category] ?? 0) + 1
  }
  const period =
    join(counted.map((resource) => clinicalPeriodOf(resource.body))) ??
    join(document.resources.filter(isDated).map((resource) => clinicalPeriodOf(resource.body))) ??
    join(document.resources.map((resource) => daysOf(at(resource.body, 'meta', 'lastUpdated'))))
  const result = {
    category: categoryOf(document, counted, shielded),
    shielded: categories.filter((category) => shielded.has(category)),
    counts,
  }
  return period ? { ...result, period } : result
}

const isDated = (resource: Resource): boolean =>
  resource.type !== 'Patient' && resource.type !== 'Practitioner'

function categoryOf(
  document: ClinicalDocument,
  counted: Resource[],
  shielded: Map<Category, number>,
): Category {
  const support = pointedTo(document, () => supportFields)
  const leading = counted.filter((resource) => !support.has(resource))
  const deciding = leading.length > 0 ? leading : counted
  const whole = deciding.find((resource) => resource.type === 'Composition')
  const kinds = new Set(deciding.map(categoryOfResource))
  const [only] = kinds
  const plain = kinds.size === 1 && only !== undefined && !whole ? only : 'documents'
  const things = whole ? counted.length : deciding.length
  let strongest: Category | undefined
  for (const category of categories) {
    const marks = shielded.get(category) ?? 0
    if (2 * marks >= things && marks > (strongest ? (shielded.get(strongest) ?? 0) : 0)) strongest = category
  }
  return strongest ?? plain
}
