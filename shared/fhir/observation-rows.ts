import { categoryOfResource } from './categorize.ts'
import { clinicalDateOf } from './dates.ts'
import type { ClinicalDocument, Resource } from './document.ts'
import { at, codeOf, type JsonObject, listOf, numberOf } from './json.ts'
import { limits } from './limits.ts'
import { nameOf } from './names.ts'
import { isVoid, noted } from './row-form.ts'
import { flagOf, numberText, observedValue, referenceOf, unitOf } from './values.ts'
import { notes, type Row, row, type Series } from './view.ts'

const testName = (observed: JsonObject): string => nameOf(at(observed, 'code')) ?? 'Result without a name'

const unfinished = new Map([
  ['registered', 'Result not ready yet'],
  ['preliminary', 'First result, may still change'],
  ['corrected', 'Corrected result'],
  ['amended', 'Changed result'],
])

/** One observation as rows: its value, its components and the members of its panel. */
export function observationRows(resource: Resource, document: ClinicalDocument): Row[] {
  return withMembers(resource, document, new Set(), 0)
}

function withMembers(
  resource: Resource,
  document: ClinicalDocument,
  seen: Set<JsonObject>,
  depth: number,
): Row[] {
  if (seen.has(resource.body) || isVoid(resource.body)) return []
  seen.add(resource.body)
  const rows = ownRows(resource.body)
  if (depth >= limits.panelMaxDepth) return rows
  for (const reference of listOf(at(resource.body, 'hasMember'))) {
    const member = document.resolve(reference, resource)
    if (member?.type === 'Observation') rows.push(...withMembers(member, document, seen, depth + 1))
  }
  return rows
}

function ownRows(body: JsonObject): Row[] {
  const label = testName(body)
  const date = clinicalDateOf(body)
  const note = notes(unfinished.get(codeOf(at(body, 'status')) ?? ''), noted(body))
  const components = listOf(at(body, 'component'))
  const pressure = bloodPressure(components)
  if (pressure)
    return [
      row(label, pressure.value, { unit: pressure.unit, flag: pressure.flag ?? flagOf(body), date, note }),
    ]
  const own = observedRow(label, body, date, note)
  const parts = components.map((part) => observedRow(partLabel(label, part), part, date, undefined))
  const filled = parts.filter((part) => part.value !== '')
  // A panel has no value of its own; its members or components say it.
  if (own.value === '' && (filled.length > 0 || listOf(at(body, 'hasMember')).length > 0)) return filled
  return [own.value === '' ? { ...own, value: 'No value given' } : own, ...filled]
}

function partLabel(whole: string, part: JsonObject): string {
  const name = nameOf(at(part, 'code'))
  return name === undefined || name === whole ? whole : `${whole}: ${name}`
}

function observedRow(
  label: string,
  observed: JsonObject,
  date: string | undefined,
  note: string | undefined,
): Row {
  const found = observedValue(observed)
  return row(label, found?.value, {
    unit: found?.unit,
    reference: referenceOf(observed).text,
    flag: flagOf(observed),
    date,
    note,
  })
}

const hasCode = (observed: JsonObject, code: string): boolean =>
  listOf(at(observed, 'code', 'coding')).some((coding) => at(coding, 'code') === code)

/** "120 / 80", as everybody says it. LOINC 8480-6 is systolic, 8462-4 diastolic. */
function bloodPressure(
  components: JsonObject[],
): { value: string; unit: string | undefined; flag: Row['flag'] | undefined } | undefined {
  const systolic = components.find((part) => hasCode(part, '8480-6'))
  const diastolic = components.find((part) => hasCode(part, '8462-4'))
  const upper = numberOf(at(systolic, 'valueQuantity', 'value'))
  const lower = numberOf(at(diastolic, 'valueQuantity', 'value'))
  if (!systolic || !diastolic || upper === undefined || lower === undefined) return undefined
  const value = `${numberText(upper)} / ${numberText(lower)}`
  return { value, unit: unitOf(at(systolic, 'valueQuantity')), flag: flagOf(systolic) ?? flagOf(diastolic) }
}

/** The newest row of every label, with a note about the older ones. Rows come newest first. */
export function latestOnly(rows: readonly Row[]): Row[] {
  const groups = new Map<string, Row[]>()
  for (const one of rows) {
    const key = JSON.stringify([one.label, one.unit])
    const group = groups.get(key) ?? []
    groups.set(key, group)
    group.push(one)
  }
  return [...groups.values()].flatMap(([newest, ...older]) => {
    if (!newest) return []
    const earlier =
      older.length === 0
        ? undefined
        : older.length === 1
          ? '1 earlier result'
          : `${older.length} earlier results`
    const note = notes(newest.note, earlier)
    return [note === undefined ? newest : { ...newest, note }]
  })
}

/** Every test measured at least twice, the longest series first. */
export function seriesOf(document: ClinicalDocument): Series[] {
  const found = new Map<string, Series>()
  for (const resource of document.resources) {
    if (resource.type !== 'Observation' || isVoid(resource.body)) continue
    const date = clinicalDateOf(resource.body)
    if (date === undefined) continue
    const category = categoryOfResource(resource) ?? 'vitals'
    for (const observed of [resource.body, ...listOf(at(resource.body, 'component'))]) {
      const value = numberOf(at(observed, 'valueQuantity', 'value'))
      const label = nameOf(at(observed, 'code'))
      if (value === undefined || label === undefined) continue
      const unit = unitOf(at(observed, 'valueQuantity')) ?? ''
      const key = JSON.stringify([
        codeOf(at(listOf(at(observed, 'code', 'coding'))[0], 'code')) ?? label,
        unit,
      ])
      const series = found.get(key) ?? { label, unit, category, points: [] }
      found.set(key, series)
      series.points.push({ date, value })
    }
  }
  return [...found.values()]
    .filter((series) => series.points.length > 1)
    .sort((a, b) => b.points.length - a.points.length)
    .slice(0, limits.seriesMax)
    .map((series) => ({ ...series, points: oldestFirst(series.points).slice(-limits.pointsPerSeriesMax) }))
}

function oldestFirst(points: Series['points']): Series['points'] {
  return points
    .map((point) => ({ point, time: Date.parse(point.date) }))
    .sort((a, b) => a.time - b.time)
    .map(({ point }) => point)
}
