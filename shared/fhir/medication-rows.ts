import { clinicalDateOf } from './dates.ts'
import { at, codeOf, type JsonObject, listOf, numberOf, objectOf, textOf } from './json.ts'
import { nameOf, statusWords } from './names.ts'
import { labelled, noted, type RowOf } from './row-form.ts'
import { numberText, unitOf } from './values.ts'
import { notes, row } from './view.ts'

const timesPer = new Map([
  ['h', 'hour'],
  ['d', 'day'],
  ['wk', 'week'],
  ['mo', 'month'],
])

/** "1 tablet, 2 times a day", or the author's own words. */
function dosageOf(dosage: JsonObject | undefined): string | undefined {
  const own = textOf(at(dosage, 'text')) ?? textOf(at(dosage, 'patientInstruction'))
  if (own !== undefined) return own
  const dose = objectOf(at(listOf(at(dosage, 'doseAndRate'))[0], 'doseQuantity'))
  const amount = numberOf(at(dose, 'value'))
  const quantity = amount === undefined ? undefined : `${numberText(amount)} ${unitOf(dose) ?? 'at a time'}`
  const repeat = objectOf(at(dosage, 'timing', 'repeat'))
  const frequency = numberOf(at(repeat, 'frequency'))
  const unit = timesPer.get(codeOf(at(repeat, 'periodUnit')) ?? '')
  const span = numberOf(at(repeat, 'period')) ?? 1
  const every = span === 1 ? `a ${unit}` : `every ${numberText(span)} ${unit}s`
  const times =
    frequency === undefined || !unit
      ? undefined
      : `${frequency === 1 ? 'once' : `${numberText(frequency)} times`} ${every}`
  const needed = at(dosage, 'asNeededBoolean') === true ? 'when needed' : undefined
  const parts = [quantity, times ?? nameOf(at(dosage, 'timing', 'code')), needed].filter(
    (part) => part !== undefined,
  )
  return parts.length > 0 ? parts.join(', ') : undefined
}

export const medicine: RowOf = (body, resource, document) => {
  const target = document.resolve(at(body, 'medicationReference'), resource)
  const name =
    nameOf(at(body, 'medicationCodeableConcept')) ??
    nameOf(at(target?.body, 'code')) ??
    textOf(at(body, 'medicationReference', 'display')) ??
    nameOf(at(body, 'code'))
  const [dosage] = [...listOf(at(body, 'dosageInstruction')), ...listOf(at(body, 'dosage'))]
  const dose = dosageOf(dosage)
  const status = statusWords(at(body, 'status'))
  const reasons = listOf(at(body, 'reasonReference')).map(
    (reference) =>
      nameOf(at(document.resolve(reference, resource)?.body, 'code')) ?? textOf(at(reference, 'display')),
  )
  const reason = nameOf(at(body, 'reasonCode')) ?? reasons.find((one) => one !== undefined)
  return row(name ?? 'Medicine without a name', dose ?? status, {
    date: clinicalDateOf(body),
    note: notes(dose ? status : undefined, labelled('For', reason), noted(body)),
  })
}
