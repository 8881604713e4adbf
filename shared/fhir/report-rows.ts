import { clinicalDateOf } from './dates.ts'
import type { ClinicalDocument, Resource } from './document.ts'
import { attachmentRows } from './file-rows.ts'
import { at, codeOf, listOf, textOf } from './json.ts'
import { limits } from './limits.ts'
import { nameOf } from './names.ts'
import { narrativeOf } from './narrative.ts'
import { observationRows } from './observation-rows.ts'
import type { Row } from './view.ts'

/** "Basic metabolic panel" */
export const reportTitle = (report: Resource): string =>
  nameOf(at(report.body, 'code')) ?? nameOf(at(report.body, 'category')) ?? 'Report'

/** A DiagnosticReport: its results, conclusion and attached files; its text only if it has nothing else. */
export function reportRows(report: Resource, document: ClinicalDocument): Row[] {
  const date = clinicalDateOf(report.body)
  const rows: Row[] = []
  for (const reference of listOf(at(report.body, 'result'))) {
    const result = document.resolve(reference, report)
    if (result?.type === 'Observation') rows.push(...observationRows(result, document))
    else if (!result) {
      const label = textOf(at(reference, 'display'))
      if (label !== undefined) rows.push({ label, value: 'Not in this file' })
    }
  }
  const dated = rows.map((one) => (one.date === undefined && date !== undefined ? { ...one, date } : one))
  const conclusion =
    textOf(at(report.body, 'conclusion'), limits.noteMaxCharacters) ??
    nameOf(at(report.body, 'conclusionCode'))
  const extra: Row[] = conclusion === undefined ? [] : [{ label: 'Conclusion', value: conclusion }]
  extra.push(...attachmentRows(listOf(at(report.body, 'presentedForm'))))
  if (dated.length + extra.length === 0) {
    const note = narrativeOf(at(report.body, 'text'))
    extra.push(
      note === undefined
        ? { label: reportTitle(report), value: 'No results given' }
        : { label: reportTitle(report), value: '', note },
    )
  }
  if (codeOf(at(report.body, 'status')) === 'preliminary')
    extra.push({ label: 'Note', value: 'First report, may still change' })
  return [
    ...dated,
    ...extra.map((one) => (one.date === undefined && date !== undefined ? { ...one, date } : one)),
  ]
}
