import { bill } from './billing-rows.ts'
import {
  allergy,
  carePlan,
  condition,
  goal,
  procedure,
  relative,
  risk,
  vaccination,
  visit,
} from './care-rows.ts'
import { clinicalDateOf } from './dates.ts'
import type { ClinicalDocument, Resource } from './document.ts'
import { binary, imaging, paper, picture } from './file-rows.ts'
import { at, textOf } from './json.ts'
import { medicine } from './medication-rows.ts'
import { humanized, nameOf, personName, statusWords } from './names.ts'
import { narrativeOf } from './narrative.ts'
import type { RowOf } from './row-form.ts'
import { type Row, row } from './view.ts'

/** Whatever has no form of its own: its name, date and the author's own text. */
const anything: RowOf = (body, resource) =>
  row(
    textOf(at(body, 'title')) ??
      nameOf(at(body, 'code')) ??
      nameOf(at(body, 'type')) ??
      personName(at(body, 'name')) ??
      textOf(at(body, 'name')) ??
      humanized(resource.type),
    statusWords(at(body, 'status')),
    { date: clinicalDateOf(body), note: narrativeOf(at(body, 'text')) },
  )

const forms = new Map<string, RowOf>([
  ['Condition', condition],
  ['AllergyIntolerance', allergy],
  ...[
    'MedicationRequest',
    'MedicationStatement',
    'MedicationDispense',
    'MedicationAdministration',
    'Medication',
  ].map((type) => [type, medicine] as const),
  ['Immunization', vaccination],
  ['Procedure', procedure],
  ['ImagingStudy', imaging],
  ['Media', picture],
  ['DocumentReference', paper],
  ['Binary', binary],
  ...[
    'Claim',
    'ClaimResponse',
    'ExplanationOfBenefit',
    'Coverage',
    'Invoice',
    'Account',
    'PaymentNotice',
    'PaymentReconciliation',
    'ChargeItem',
  ].map((type) => [type, bill] as const),
  ['Encounter', visit],
  ['CarePlan', carePlan],
  ['Goal', goal],
  ['FamilyMemberHistory', relative],
  ['RiskAssessment', risk],
])

/** One resource as one row. Observations and reports have their own forms. */
export const resourceRow = (resource: Resource, document: ClinicalDocument): Row =>
  (forms.get(resource.type) ?? anything)(resource.body, resource, document)
