import { type Category, categories } from '../protocol/categories.ts'
import { billsOf, careIn } from './bills.ts'
import { categoryEntries } from './categories.ts'
import { categorize, categoryOfResource, partsOf } from './categorize.ts'
import { sortKey } from './dates.ts'
import type { ClinicalDocument, Resource } from './document.ts'
import { at, listOf, objectOf, textOf } from './json.ts'
import { limits } from './limits.ts'
import { humanized, nameOf, personName, statusWords } from './names.ts'
import { narrativeOf } from './narrative.ts'
import { latestOnly, observationRows, seriesOf } from './observation-rows.ts'
import { reportRows, reportTitle } from './report-rows.ts'
import { resourceRow } from './resource-rows.ts'
import { isVoid } from './row-form.ts'
import type { PatientView, Row, Section, Summary } from './view.ts'

export type { PatientView, Row, Section, Series, Summary } from './view.ts'

/** A document for people. Never throws; what cannot be shown is left out, and `validate` says so. */
export function summarize(document: ClinicalDocument): Summary {
  const { category, shielded, counts, period } = categorize(document)
  const patient = patientOf(document)
  const sections = sectionsOf(document, category)
  const summary: Summary = {
    title: titleOf(document, category, patient),
    category,
    shielded,
    counts,
    sections: sections.slice(0, limits.sectionsMax),
    series: seriesOf(document),
  }
  if (period) summary.period = period
  if (patient) summary.patient = patient
  // A bill for shielded care is of the shielded category, and a bill all the same.
  const bills = careIn(document) === 0 ? billsOf(document) : []
  if (bills.length > 0) summary.bills = bills
  return summary
}

function patientOf(document: ClinicalDocument): PatientView | undefined {
  const patients = document.resources.filter((resource) => resource.type === 'Patient')
  const [patient] = patients
  // Two patients in one file: naming the first would put a name on the other's data.
  if (!patient || patients.length > 1) return undefined
  const view: PatientView = { name: personName(at(patient.body, 'name')) ?? 'Name not given' }
  const birthDate = textOf(at(patient.body, 'birthDate'), 10)
  const sex = statusWords(at(patient.body, 'gender'))
  if (birthDate !== undefined && /^\d{4}(-\d\d){0,2}$/.test(birthDate)) view.birthDate = birthDate
  if (sex !== undefined) view.sex = sex
  return view
}

function titleOf(document: ClinicalDocument, category: Category, patient: PatientView | undefined): string {
  const bounded = (title: string): string => textOf(title, limits.titleMaxCharacters) ?? 'Document'
  const composition = document.resources.find((resource) => resource.type === 'Composition')
  if (composition) {
    return bounded(textOf(at(composition.body, 'title')) ?? nameOf(at(composition.body, 'type')) ?? 'Summary')
  }
  const parts = partsOf(document)
  const counted = document.resources.filter((one) => !parts.has(one) && categoryOfResource(one) !== undefined)
  const reports = counted.filter((one) => one.type === 'DiagnosticReport')
  const [only] =
    counted.length === 1 ? counted : reports.length === 1 && category !== 'documents' ? reports : []
  if (only) return bounded(oneTitle(only, document))
  if (category !== 'documents') return categoryEntries[category].heading
  const [single] = document.resources.length === 1 ? document.resources : []
  if (single) return humanized(single.type)
  return bounded(patient ? `Health record of ${patient.name}` : 'Health record')
}

function oneTitle(resource: Resource, document: ClinicalDocument): string {
  if (resource.type === 'DiagnosticReport') return reportTitle(resource)
  if (resource.type === 'Observation') return nameOf(at(resource.body, 'code')) ?? 'Measurement'
  const { label } = resourceRow(resource, document)
  const category = categoryOfResource(resource)
  if (category === undefined || category === 'documents' || category === 'billing') return label
  const kind = categoryEntries[category].one
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}: ${label}`
}

/** Context that people look for, after the categories. */
const contextHeadings: Readonly<Record<string, string>> = { Encounter: 'Visits' }
const documentHeadings: Readonly<Record<string, string>> = {
  CarePlan: 'Care plans',
  Goal: 'Goals',
  FamilyMemberHistory: 'Family history',
  Consent: 'Consents',
}
/** Who and where: named in other rows, no rows of their own unless the document is nothing else. */
const background = new Set([
  ...['Patient', 'Practitioner', 'PractitionerRole', 'Organization', 'Location', 'RelatedPerson', 'Device'],
  ...[
    'Specimen',
    'Provenance',
    'AuditEvent',
    'HealthcareService',
    'Endpoint',
    'OperationOutcome',
    'Subscription',
  ],
])

function sectionsOf(document: ClinicalDocument, own: Category): Section[] {
  const parts = partsOf(document)
  const shown = document.resources.filter((resource) => !parts.has(resource) && !isVoid(resource.body))
  const sections: Section[] = narrativeSections(document)
  const reports = shown.filter((one) => one.type === 'DiagnosticReport')
  const wholeReports = reports.length <= limits.reportsShownWhole ? reports : []
  for (const report of newestFirst(wholeReports, (one) => reportRows(one, document)[0]?.date)) {
    const category = categoryOfResource(report) ?? 'laboratory'
    sections.push({ heading: reportTitle(report), category, rows: reportRows(report, document) })
  }
  const byHeading = new Map<string, Section>()
  for (const resource of shown) {
    if (wholeReports.includes(resource) || resource.type === 'Composition') continue
    const category = categoryOfResource(resource)
    const heading = headingOf(resource, category)
    if (heading === undefined && (background.has(resource.type) || category) && document.resources.length > 1)
      continue
    const key = heading ?? 'Other information'
    const section =
      byHeading.get(key) ?? (category ? { heading: key, category, rows: [] } : { heading: key, rows: [] })
    byHeading.set(key, section)
    for (const one of rowsOf(resource, document)) section.rows.push(one)
  }
  for (const section of byHeading.values()) {
    section.rows = newestFirst(section.rows, (one) => one.date)
    if (section.category === 'laboratory' || section.category === 'vitals')
      section.rows = latestOnly(section.rows)
  }
  // What the document is about comes first, context last.
  const rank = ({ category }: Section): number => {
    if (category === undefined) return categories.length
    return category === own ? -1 : categories.indexOf(category)
  }
  sections.push(...[...byHeading.values()].sort((a, b) => rank(a) - rank(b)))
  return sections.filter((section) => section.rows.length > 0).map(bounded)
}

function headingOf(resource: Resource, category: Category | undefined): string | undefined {
  if (category === 'documents') return documentHeadings[resource.type] ?? categoryEntries.documents.heading
  return category ? categoryEntries[category].heading : contextHeadings[resource.type]
}

function rowsOf(resource: Resource, document: ClinicalDocument): Row[] {
  if (resource.type === 'Observation') return observationRows(resource, document)
  return resource.type === 'DiagnosticReport'
    ? reportRows(resource, document)
    : [resourceRow(resource, document)]
}

/** Sections of a letter or summary that hold only the author's text: their entries have rows of their own. */
function narrativeSections(document: ClinicalDocument): Section[] {
  const sections: Section[] = []
  for (const composition of document.resources.filter((one) => one.type === 'Composition')) {
    const rows: Row[] = []
    for (const part of listOf(at(composition.body, 'section'))) {
      const entries = listOf(at(part, 'entry')).map((entry) => document.resolve(entry, composition))
      if (entries.some((entry) => entry !== undefined && !isVoid(entry.body))) continue
      const note = narrativeOf(at(part, 'text')) ?? nameOf(at(part, 'emptyReason'))
      const label = textOf(at(part, 'title')) ?? nameOf(at(part, 'code')) ?? 'Section'
      if (note !== undefined) rows.push({ label, value: '', note })
    }
    const own = narrativeOf(objectOf(at(composition.body, 'text')))
    if (rows.length === 0 && own !== undefined && document.resources.length === 1) {
      rows.push({ label: textOf(at(composition.body, 'title')) ?? 'Text', value: '', note: own })
    }
    if (rows.length > 0) sections.push({ heading: 'In the author’s words', category: 'documents', rows })
  }
  return sections
}

function newestFirst<T>(list: readonly T[], dateOf: (one: T) => string | undefined): T[] {
  return list
    .map((one) => ({ one, time: sortKey(dateOf(one)) }))
    .sort((a, b) => (a.time === b.time ? 0 : b.time - a.time))
    .map(({ one }) => one)
}

function bounded(section: Section): Section {
  const over = section.rows.length - limits.rowsPerSectionMax
  if (over <= 0) return section
  const rest: Row = { label: `And ${over} more`, value: '' }
  return { ...section, rows: [...section.rows.slice(0, limits.rowsPerSectionMax), rest] }
}
