import { clinicalDateOf, dateOf } from './dates.ts'
import { at, codeOf, type JsonObject, listOf, numberOf, objectOf, textOf } from './json.ts'
import { nameOf } from './names.ts'
import { labelled, noted, type RowOf } from './row-form.ts'
import { bytesInWords, fileKind, numberText } from './values.ts'
import { notes, type Row, row } from './view.ts'

/** DICOM modalities (PS3.3 C.7.3.1.1.1) in everyday words. */
const modalities = new Map([
  ...['CR', 'DX', 'DR', 'RG', 'XR'].map((code) => [code, 'X-ray'] as const),
  ['CT', 'CT scan'],
  ['MR', 'MRI scan'],
  ['US', 'Ultrasound'],
  ['MG', 'Mammogram'],
  ['PT', 'PET scan'],
  ['NM', 'Nuclear scan'],
  ['XA', 'Vessel X-ray'],
  ['RF', 'X-ray film'],
  ['ECG', 'Heart curve (ECG)'],
  ['IO', 'Dental X-ray'],
  ['PX', 'Dental X-ray'],
  ['ES', 'Endoscopy'],
  ['OP', 'Eye picture'],
])

const several = (count: number | undefined, one: string, many = `${one}s`): string | undefined =>
  count === undefined ? undefined : `${numberText(count)} ${count === 1 ? one : many}`

export const imaging: RowOf = (body) => {
  const series = listOf(at(body, 'series'))
  const kinds = [...listOf(at(body, 'modality')), ...series.flatMap((one) => listOf(at(one, 'modality')))]
  const names = kinds.map((kind) => modalities.get(codeOf(at(kind, 'code')) ?? '') ?? nameOf(kind))
  const sites = series.map((one) => nameOf(at(one, 'bodySite')))
  const unique = (list: (string | undefined)[]): string =>
    [...new Set(list.filter((one) => one !== undefined))].join(', ')
  const own = nameOf(at(body, 'procedureCode')) ?? textOf(at(body, 'description'))
  const label = [unique(names) || 'Imaging study', unique(sites)].filter((part) => part !== '').join(': ')
  const images = numberOf(at(body, 'numberOfInstances')) ?? undefined
  const count = [several(numberOf(at(body, 'numberOfSeries')), 'series', 'series'), several(images, 'image')]
  return row(own ?? label, count.filter((part) => part !== undefined).join(', '), {
    date: clinicalDateOf(body),
    note: notes(
      own ? label : undefined,
      textOf(at(series[0], 'description')),
      labelled('For', nameOf(at(body, 'reasonCode'))),
      noted(body),
    ),
  })
}

const attachmentText = (attachment: JsonObject): string => {
  const data = at(attachment, 'data')
  // Base64 carries three bytes in four characters.
  const bytes =
    numberOf(at(attachment, 'size')) ??
    (typeof data === 'string' ? Math.floor((data.length * 3) / 4) : undefined)
  return [fileKind(at(attachment, 'contentType')), bytes === undefined ? undefined : bytesInWords(bytes)]
    .filter(Boolean)
    .join(', ')
}

/** Attached files of a report, letter or picture. */
export const attachmentRows = (attachments: JsonObject[]): Row[] =>
  attachments.map((one) =>
    row(textOf(at(one, 'title')) ?? 'Attached file', attachmentText(one), {
      date: dateOf(at(one, 'creation')),
    }),
  )

export const paper: RowOf = (body) => {
  const contents = listOf(at(body, 'content')).map((content) => objectOf(at(content, 'attachment')))
  const title = contents.map((one) => textOf(at(one, 'title'))).find((one) => one !== undefined)
  const label = textOf(at(body, 'description')) ?? title ?? nameOf(at(body, 'type')) ?? 'Document'
  const kind = nameOf(at(body, 'type'))
  return row(label, contents.map(attachmentText).join('; ') || undefined, {
    date: clinicalDateOf(body),
    note: kind === label ? undefined : kind,
  })
}

export const picture: RowOf = (body) =>
  row(
    nameOf(at(body, 'type')) ?? nameOf(at(body, 'modality')) ?? 'Picture or recording',
    attachmentText(objectOf(at(body, 'content'))),
    {
      date: clinicalDateOf(body),
      note: notes(labelled('Body part', nameOf(at(body, 'bodySite'))), noted(body)),
    },
  )

export const binary: RowOf = (body) => row('Attached file', attachmentText(body))
