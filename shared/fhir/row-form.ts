import type { ClinicalDocument, Resource } from './document.ts'
import { at, codeOf, type JsonObject, listOf, textOf } from './json.ts'
import { limits } from './limits.ts'
import { notes, type Row } from './view.ts'

/** How a resource type becomes one row. */
export type RowOf = (body: JsonObject, resource: Resource, document: ClinicalDocument) => Row

/** The author's annotations. */
export const noted = (body: JsonObject): string | undefined =>
  notes(...listOf(at(body, 'note')).map((note) => textOf(at(note, 'text'), limits.noteMaxCharacters)))

/** "For: high blood pressure" */
export const labelled = (prefix: string, text: string | undefined): string | undefined =>
  text === undefined ? undefined : `${prefix}: ${text}`

const mistakes: ReadonlySet<string> = new Set(['entered-in-error', 'cancelled'])

/** Written down by mistake or withdrawn by its author: never shown as a fact, never counted. */
export const isVoid = (body: JsonObject): boolean =>
  mistakes.has(codeOf(at(body, 'status')) ?? '') ||
  listOf(at(body, 'verificationStatus', 'coding')).some((coding) => at(coding, 'code') === 'entered-in-error')
