import type { Period } from '../protocol/ids.ts'
import { at } from './json.ts'

export type { Period } from '../protocol/ids.ts'

// FHIR R4 date, dateTime and instant (hl7.org/fhir/R4/datatypes.html#dateTime): a year, a month, a day or a moment.
const fhirDate =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

const two = (value: number): string => String(value).padStart(2, '0')

/** First and last day that a FHIR date can mean ("2012-05" is all of May), in the author's own zone. */
export function daysOf(value: unknown): Period | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined
  const match = fhirDate.exec(value)
  if (!match) return undefined
  const [, year = '', month, day, hour, minute, second] = match
  if (Number(year) < 1800 || Number(year) > 2999) return undefined
  if (Number(hour ?? 0) > 24 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return undefined
  if (month === undefined) return { start: `${year}-01-01`, end: `${year}-12-31` }
  if (Number(month) < 1 || Number(month) > 12) return undefined
  const last = daysInMonth(Number(year), Number(month))
  if (day === undefined) return { start: `${year}-${month}-01`, end: `${year}-${month}-${two(last)}` }
  if (Number(day) < 1 || Number(day) > last) return undefined
  const whole = `${year}-${month}-${day}`
  return { start: whole, end: whole }
}

/** The date if it is one, as the author wrote it; for sorting use `sortKey`. */
export const dateOf = (value: unknown): string | undefined =>
  typeof value === 'string' && daysOf(value) ? value : undefined

/** Milliseconds since 1970; a date without a time counts from midnight UTC. */
export function sortKey(date: string | undefined): number {
  if (date === undefined) return Number.NEGATIVE_INFINITY
  const parsed = Date.parse(date)
  if (!Number.isNaN(parsed)) return parsed
  return Date.parse(daysOf(date)?.start ?? '') || Number.NEGATIVE_INFINITY
}

// In the order in which they say when something happened to the patient, rather than when it was written down.
const clinicalDates = [
  ...['effectiveDateTime', 'effectivePeriod', 'effectiveInstant', 'onsetDateTime', 'onsetPeriod'],
  ...['occurrenceDateTime', 'occurrencePeriod', 'performedDateTime', 'performedPeriod', 'started'],
  ...[
    'collectedDateTime',
    'billablePeriod',
    'servicePeriod',
    'whenHandedOver',
    'effective',
    'createdDateTime',
  ],
  ...['authoredOn', 'authored', 'recordedDate', 'dateAsserted', 'assertedDate', 'statusDate', 'startDate'],
  ...['period', 'date', 'created', 'issued', 'recorded', 'sent', 'dateTime', 'paymentDate'],
] as const

/** Kinds of resource whose `end` is a plan or a policy, not something that happened. */
const endsInFuture = new Set(['billablePeriod', 'servicePeriod'])

/** When a resource happened: the first clinical date it has, as written. */
export function clinicalDateOf(resource: unknown): string | undefined {
  for (const field of clinicalDates) {
    const value = at(resource, field)
    const date = dateOf(value) ?? dateOf(at(value, 'start')) ?? dateOf(at(value, 'end'))
    if (date) return date
  }
  return undefined
}

/** First and last day of a resource, from its first clinical date and the end of that period. */
export function clinicalPeriodOf(resource: unknown): Period | undefined {
  for (const field of clinicalDates) {
    const value = at(resource, field)
    const first = daysOf(value) ?? daysOf(at(value, 'start'))
    const last = endsInFuture.has(field) ? undefined : daysOf(at(value, 'end'))
    if (!first && !last) continue
    return join([first, last])
  }
  return undefined
}

/** The smallest period that holds all of them. */
export function join(periods: Iterable<Period | undefined>): Period | undefined {
  let start: string | undefined
  let end: string | undefined
  for (const period of periods) {
    if (!period) continue
    if (start === undefined || period.start < start) start = period.start
    if (end === undefined || period.end > end) end = period.end
  }
  return start === undefined || end === undefined ? undefined : { start, end }
}
