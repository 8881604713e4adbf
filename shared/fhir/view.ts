import type { Category } from '../protocol/categories.ts'
import type { Bill } from './bills.ts'
import type { Period } from './dates.ts'

/** One line that a person reads. Dates are as the author wrote them (FHIR date or dateTime): show them in the reader's words. */
export interface Row {
  label: string
  /** May be empty when the label says it all. */
  value: string
  /** As the report gave it, never converted. */
  unit?: string
  /** What is usual, as the report gave it: "3.5 to 5.1". */
  reference?: string
  flag?: 'high' | 'low' | 'abnormal'
  date?: string
  note?: string
}

export interface Section {
  heading: string
  /** Absent for context such as visits. */
  category?: Category
  rows: Row[]
}

/** The values of one test over time, oldest first; at least two. */
export interface Series {
  label: string
  unit: string
  category: Category
  points: { date: string; value: number }[]
}

export interface PatientView {
  name: string
  /** FHIR date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  birthDate?: string
  sex?: string
}

/** A clinical document for people: readable names, no codes, and plain text only (never mark-up). */
export interface Summary {
  title: string
  category: Category
  /** Shielded categories that something in the document touches. */
  shielded: Category[]
  period?: Period
  patient?: PatientView
  counts: Partial<Record<Category, number>>
  sections: Section[]
  series: Series[]
  /** Of a billing document: its bills in figures. */
  bills?: Bill[]
}

/** A row without its undefined fields. */
export function row(
  label: string,
  value: string | undefined,
  rest: { [K in keyof Row]?: Row[K] | undefined } = {},
): Row {
  // "pneumococcal vaccine" begins a line, "pH" and "mRNA" stay as they are.
  const begun = /^[a-z]{2}/.test(label) ? label.charAt(0).toUpperCase() + label.slice(1) : label
  const found: Row = { label: begun, value: value ?? '' }
  if (rest.unit !== undefined) found.unit = rest.unit
  if (rest.reference !== undefined) found.reference = rest.reference
  if (rest.flag !== undefined) found.flag = rest.flag
  if (rest.date !== undefined) found.date = rest.date
  if (rest.note !== undefined && rest.note !== '') found.note = rest.note
  return found
}

/** Several short remarks as one note. */
export const notes = (...parts: (string | undefined)[]): string | undefined => {
  const given = parts.filter((part) => part !== undefined && part !== '')
  return given.length > 0 ? [...new Set(given)].join('. ') : undefined
}
