import { insuranceName } from './bills.ts'
import { clinicalDateOf } from './dates.ts'
import { at, listOf, textOf } from './json.ts'
import { humanized, nameOf, statusWords } from './names.ts'
import { labelled, type RowOf } from './row-form.ts'
import { moneyOf } from './values.ts'
import { notes, row } from './view.ts'

export const bill: RowOf = (body, resource) => {
  const [item] = listOf(at(body, 'item'))
  const service = nameOf(at(item, 'productOrService')) ?? nameOf(at(body, 'type'))
  const kind = resource.type === 'ExplanationOfBenefit' ? 'Insurance statement' : humanized(resource.type)
  const [total] = listOf(at(body, 'total'))
  const amount =
    moneyOf(at(body, 'total')) ??
    moneyOf(at(total, 'amount')) ??
    moneyOf(at(body, 'totalGross')) ??
    moneyOf(at(body, 'totalNet')) ??
    moneyOf(at(body, 'paymentAmount')) ??
    moneyOf(at(body, 'amount'))
  const paid = moneyOf(at(body, 'payment', 'amount'))
  const payer = textOf(at(body, 'insurer', 'display')) ?? textOf(at(listOf(at(body, 'payor'))[0], 'display'))
  return row(
    service === undefined ? kind : `${kind}: ${service}`,
    amount?.value ?? statusWords(at(body, 'status')),
    {
      unit: amount?.unit,
      date: clinicalDateOf(body),
      note: notes(
        paid ? `Paid by the insurance: ${[paid.value, paid.unit].filter(Boolean).join(' ')}` : undefined,
        labelled('Insurance', insuranceName(payer)),
      ),
    },
  )
}
