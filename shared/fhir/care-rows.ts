import { clinicalDateOf, dateOf } from './dates.ts'
import { at, codeOf, type JsonObject, listOf, numberOf, textOf } from './json.ts'
import { limits } from './limits.ts'
import { nameOf, statusOf, statusWords } from './names.ts'
import { labelled, noted, type RowOf } from './row-form.ts'
import { numberText } from './values.ts'
import { notes, row } from './view.ts'

export const condition: RowOf = (body) => {
  const doubt = statusOf(at(body, 'verificationStatus'))
  return row(
    nameOf(at(body, 'code')) ?? 'Health problem without a name',
    statusOf(at(body, 'clinicalStatus')),
    {
      date: clinicalDateOf(body),
      note: notes(
        labelled('Severity', nameOf(at(body, 'severity'))),
        doubt === 'Confirmed' ? undefined : doubt,
        labelled('Body part', nameOf(at(body, 'bodySite'))),
        noted(body),
      ),
    },
  )
}

export const allergy: RowOf = (body) => {
  const reactions = listOf(at(body, 'reaction')).flatMap((one) =>
    listOf(at(one, 'manifestation')).map(nameOf),
  )
  const danger = codeOf(at(body, 'criticality')) === 'high' ? 'Can be dangerous' : undefined
  const shown = [...new Set(reactions.filter((name) => name !== undefined))].join(', ')
  return row(
    nameOf(at(body, 'code')) ?? 'Allergy without a name',
    shown || statusOf(at(body, 'clinicalStatus')),
    {
      date: clinicalDateOf(body),
      note: notes(danger, shown ? statusOf(at(body, 'clinicalStatus')) : undefined, noted(body)),
    },
  )
}

export const vaccination: RowOf = (body) => {
  const refused = codeOf(at(body, 'status')) === 'not-done'
  const [protocol] = listOf(at(body, 'protocolApplied'))
  const dose = numberOf(at(protocol, 'doseNumberPositiveInt'))
  return row(nameOf(at(body, 'vaccineCode')) ?? 'Vaccine without a name', refused ? 'Not given' : 'Given', {
    date: clinicalDateOf(body),
    note: notes(
      refused ? nameOf(at(body, 'statusReason')) : undefined,
      dose === undefined ? undefined : `Dose ${numberText(dose)}`,
      textOf(at(body, 'occurrenceString')),
      noted(body),
    ),
  })
}

export const procedure: RowOf = (body) =>
  row(nameOf(at(body, 'code')) ?? 'Procedure without a name', nameOf(at(body, 'outcome')) ?? doneOr(body), {
    date: clinicalDateOf(body),
    note: notes(
      labelled('Body part', nameOf(at(body, 'bodySite'))),
      labelled('For', nameOf(at(body, 'reasonCode'))),
      noted(body),
    ),
  })

const doneOr = (body: JsonObject): string | undefined => {
  const status = statusWords(at(body, 'status'))
  return status === 'Completed' ? 'Done' : status
}

export const visit: RowOf = (body, resource, document) => {
  const place = document.resolve(at(body, 'serviceProvider'), resource)
  const where = textOf(at(place?.body, 'name')) ?? textOf(at(body, 'serviceProvider', 'display'))
  return row(nameOf(at(body, 'type')) ?? nameOf(at(body, 'class')) ?? 'Visit', where, {
    date: clinicalDateOf(body),
    note: labelled('For', nameOf(at(body, 'reasonCode'))),
  })
}

export const carePlan: RowOf = (body) => {
  const steps = listOf(at(body, 'activity')).map(
    (one) => nameOf(at(one, 'detail', 'code')) ?? textOf(at(one, 'detail', 'description')),
  )
  const unique = [...new Set(steps.filter((step) => step !== undefined))]
  return row(
    textOf(at(body, 'title')) ?? nameOf(at(body, 'category')) ?? 'Care plan',
    statusWords(at(body, 'status')),
    {
      date: clinicalDateOf(body),
      note:
        textOf(unique.join(', '), limits.noteMaxCharacters) ??
        textOf(at(body, 'description'), limits.noteMaxCharacters),
    },
  )
}

export const goal: RowOf = (body) =>
  row(
    nameOf(at(body, 'description')) ?? 'Goal',
    statusOf(at(body, 'achievementStatus')) ?? statusWords(at(body, 'lifecycleStatus')),
    {
      date: dateOf(at(body, 'startDate')),
    },
  )

export const relative: RowOf = (body) => {
  const illnesses = listOf(at(body, 'condition')).map((one) => nameOf(at(one, 'code')))
  return row(nameOf(at(body, 'relationship')) ?? 'Relative', illnesses.filter(Boolean).join(', '), {
    date: clinicalDateOf(body),
    note: noted(body),
  })
}

export const risk: RowOf = (body) => {
  const [prediction] = listOf(at(body, 'prediction'))
  const probability = numberOf(at(prediction, 'probabilityDecimal'))
  // FHIR R4 gives decimals here as percentages (RiskAssessment.prediction.probability).
  const percent = probability === undefined ? undefined : numberText(probability)
  const label = nameOf(at(body, 'code')) ?? nameOf(at(prediction, 'outcome')) ?? 'Risk assessment'
  return row(label, percent ?? nameOf(at(prediction, 'qualitativeRisk')), {
    unit: percent === undefined ? undefined : '%',
    date: clinicalDateOf(body),
    note: noted(body),
  })
}
