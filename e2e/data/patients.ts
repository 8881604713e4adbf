import { readFile } from 'node:fs/promises'
import { daysToRecent, shiftDates } from './shift-dates.ts'

/** The synthetic patients of the demo hospitals. The journeys are Elvina Lemke's. */
export const patients = ['elvina-lemke', 'olen-kulas', 'clemente-kreiger'] as const
export type PatientKey = (typeof patients)[number]

/** A record as a hospital's system hands it out, before it is signed and sealed. */
export interface PreparedRecord {
  title: string
  category: 'laboratory' | 'medications' | 'documents' | 'billing'
  mediaType: 'application/fhir+json'
  /** First and last clinical day, `YYYY-MM-DD`. */
  period: { start: string; end: string }
  content: Uint8Array
}

interface Concept {
  text?: string
  coding?: { code?: string; display?: string }[]
}

/** The fields of Synthea's resources that are used here. */
interface Resource {
  resourceType: string
  id: string
  status?: string
  code?: Concept
  category?: Concept[]
  name?: { given: string[]; family: string }[]
  birthDate?: string
  gender?: string
  effectiveDateTime?: string
  authoredOn?: string
  period?: { start: string; end?: string }
}

interface Entry {
  fullUrl: string
  resource: Resource
}

export interface PatientBundle {
  key: PatientKey
  name: string
  birthDate: string
  gender: string
  /** By how many days all dates were moved (shift-dates.ts). */
  shiftedDays: number
  entries: readonly Entry[]
  /** The whole bundle as text, in the form Synthea wrote it. */
  text: string
}

const day = (date: string): string => date.slice(0, 10)

const ofType = (entries: readonly Entry[], type: string): Entry[] =>
  entries.filter((entry) => entry.resource.resourceType === type)

const read = (text: string): Entry[] => (JSON.parse(text) as { entry: Entry[] }).entry

/** Days of the visits, oldest first. */
const visitDays = (entries: readonly Entry[]): string[] =>
  ofType(entries, 'Encounter')
    .map(({ resource }) => day(resource.period?.end ?? resource.period?.start ?? ''))
    .sort()

/** Loads a patient with all dates moved so that the newest visit was three to four weeks before `today`. */
export async function loadPatient(key: PatientKey, today: Date = new Date()): Promise<PatientBundle> {
  const original = await readFile(new URL(`./patients/${key}.json`, import.meta.url), 'utf8')
  const newest = visitDays(read(original)).at(-1)
  if (newest === undefined) throw new Error(`The bundle of ${key} has no visit.`)
  const shiftedDays = daysToRecent(newest, today)
  const text = shiftDates(original, shiftedDays)
  const entries = read(text)
  const [patient] = ofType(entries, 'Patient')
  const [name] = patient?.resource.name ?? []
  if (!patient || !name) throw new Error(`The bundle of ${key} has no named patient.`)
  const { birthDate = '', gender = 'unknown' } = patient.resource
  return {
    key,
    name: `${name.given.join(' ')} ${name.family}`,
    birthDate,
    gender,
    shiftedDays,
    entries,
    text,
  }
}

/** The newest laboratory report with its results, patient, visit and laboratory. */
export function laboratoryReport(bundle: PatientBundle): PreparedRecord {
  const [newest] = ofType(bundle.entries, 'DiagnosticReport')
    .filter(({ resource }) =>
      resource.category?.some((one) => one.coding?.some(({ code }) => code === 'LAB')),
    )
    .sort((a, b) => (b.resource.effectiveDateTime ?? '').localeCompare(a.resource.effectiveDateTime ?? ''))
  const date = day(newest?.resource.effectiveDateTime ?? '')
  if (!newest || date === '') throw new Error(`${bundle.name} has no dated laboratory report.`)
  const title = newest.resource.code?.text ?? 'Laboratory report'
  return record(title, 'laboratory', { start: date, end: date }, collection(bundle, [newest]))
}

/** Every active medicine, and those prescribed in the two years before the newest visit. */
export function medicationList(bundle: PatientBundle): PreparedRecord {
  const newest = visitDays(bundle.entries).at(-1) ?? ''
  const twoYearsBefore = `${Number(newest.slice(0, 4)) - 2}${newest.slice(4)}`
  const medicines = ofType(bundle.entries, 'MedicationRequest').filter(
    ({ resource }) => resource.status === 'active' || day(resource.authoredOn ?? '') >= twoYearsBefore,
  )
  const days = medicines.map(({ resource }) => day(resource.authoredOn ?? newest)).sort()
  const [start] = days
  if (start === undefined) throw new Error(`${bundle.name} takes no medicine.`)
  return record('Medication list', 'medications', { start, end: newest }, collection(bundle, medicines))
}

/** Everything, as one transaction bundle. */
export function wholeHistory(bundle: PatientBundle): PreparedRecord {
  const days = visitDays(bundle.entries)
  const [start = bundle.birthDate] = days
  return record('Whole health history', 'documents', { start, end: days.at(-1) ?? start }, bundle.text)
}

const record = (
  title: string,
  category: PreparedRecord['category'],
  period: PreparedRecord['period'],
  text: string,
): PreparedRecord => ({
  title,
  category,
  mediaType: 'application/fhir+json',
  period,
  content: new TextEncoder().encode(text),
})

/** A collection of these entries and all that they refer to, the patient first. */
function collection(bundle: PatientBundle, wanted: readonly Entry[]): string {
  const byUrl = new Map(bundle.entries.map((entry) => [entry.fullUrl, entry]))
  const chosen = new Set<Entry>(ofType(bundle.entries, 'Patient'))
  const queue = [...wanted]
  for (let entry = queue.shift(); entry; entry = queue.shift()) {
    if (chosen.has(entry)) continue
    chosen.add(entry)
    for (const [, url = ''] of JSON.stringify(entry.resource).matchAll(/"reference":"(urn:uuid:[^"]+)"/g)) {
      const target = byUrl.get(url)
      if (target) queue.push(target)
    }
  }
  const entry = [...chosen].map(({ fullUrl, resource }) => ({ fullUrl, resource }))
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }, null, 2)
}
