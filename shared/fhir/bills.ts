import { categoryOfResource } from './categorize.ts'
import { clinicalDateOf, dateOf } from './dates.ts'
import type { ClinicalDocument, Resource } from './document.ts'
import { at, codeOf, type JsonObject, listOf, textOf } from './json.ts'
import { limits } from './limits.ts'
import { type Money, moneyFrom, remaining, sums } from './money.ts'
import { nameOf, personName } from './names.ts'
import { isVoid } from './row-form.ts'

/** One bill in figures. Amounts are as the author gave them; an absent one was not given. */
export interface Bill {
  number?: string
  /** Who wants the money; absent where the document does not say. */
  issuer?: string
  /** FHIR date or dateTime. */
  date?: string
  lines: { label: string; amount?: Money }[]
  total?: Money
  insurer?: string
  insurerPart?: Money
  /** When the insurer paid, as far as it is said. */
  insurerPaidOn?: string
  /** What is left for the patient. */
  due?: Money
  /** The author says that everything is paid. */
  settled: boolean
}

/** The bills of a document. An invoice and the one insurance statement beside it are one bill. */
export function billsOf(document: ClinicalDocument): Bill[] {
  const live = document.resources.filter(({ body }) => !isVoid(body))
  const invoices = live.filter(({ type }) => type === 'Invoice')
  const statements = live.filter(({ type }) => type === 'ExplanationOfBenefit')
  const [invoice] = invoices
  const [statement] = statements
  if (invoice && statement && invoices.length === 1 && statements.length === 1) {
    const of = (resource: Resource) => partsOf(resource, document)
    const [asked, covered] = [of(invoice), of(statement)]
    const lines = asked.lines.length > 0 ? asked.lines : covered.lines
    return [settle({ ...covered, ...asked, lines })]
  }
  return [...invoices, ...statements]
    .slice(0, limits.billsMax)
    .map((resource) => settle(partsOf(resource, document)))
}

/** How many other things than bills a document tells of: whoever may see bills would see them too. */
export const careIn = ({ resources }: ClinicalDocument): number =>
  resources.filter((resource) => {
    const category = categoryOfResource(resource)
    return category !== undefined && category !== 'billing'
  }).length

type Parts = Omit<Bill, 'due'>

function settle(parts: Parts): Bill {
  const due = parts.settled
    ? parts.total && { ...parts.total, minor: 0 }
    : remaining(parts.total, parts.insurerPart)
  return { ...parts, ...(due ? { due } : {}) }
}

function partsOf(resource: Resource, document: ClinicalDocument): Parts {
  const { body } = resource
  const number = listOf(at(body, 'identifier')).map((one) => textOf(at(one, 'value'), 80))[0]
  const date = clinicalDateOf(body)
  const shared = { ...(number ? { number } : {}), ...(date ? { date } : {}) }
  const own = resource.type === 'Invoice' ? invoiceParts(body) : statementParts(resource, document)
  const issuer = named(resource, resource.type === 'Invoice' ? 'issuer' : 'provider', document)
  return { ...shared, ...(issuer ? { issuer } : {}), ...own }
}

/** The name of an organization or person that a resource refers to. */
function named(resource: Resource, field: string, document: ClinicalDocument): string | undefined {
  const reference = at(resource.body, field)
  const found = document.resolve(reference, resource)
  const name = found && (textOf(at(found.body, 'name')) ?? personName(at(found.body, 'name')))
  return name ?? textOf(at(reference, 'display'))
}

function invoiceParts(body: JsonObject): Parts {
  const total = moneyFrom(at(body, 'totalGross')) ?? moneyFrom(at(body, 'totalNet'))
  const lines = listOf(at(body, 'lineItem'))
    .slice(0, limits.linesPerBillMax)
    .map((item) => {
      const amount = priced(listOf(at(item, 'priceComponent')).slice(0, limits.linesPerBillMax))
      const label = nameOf(at(item, 'chargeItemCodeableConcept')) ?? 'Service'
      return { label, ...(amount ? { amount } : {}) }
    })
  return {
    lines,
    ...(total ? { total } : {}),
    settled: codeOf(at(body, 'status')) === 'balanced',
  }
}

const takenOff: ReadonlySet<string> = new Set(['deduction', 'discount'])

/** What the parts of a price come to; undefined when one has no amount, or another currency. */
function priced(components: readonly JsonObject[]): Money | undefined {
  const amounts = components
    .filter((component) => at(component, 'type') !== 'informational')
    .map((component) => {
      const amount = moneyFrom(at(component, 'amount'))
      const minus = takenOff.has(codeOf(at(component, 'type')) ?? '')
      return amount && (minus ? { ...amount, minor: 0 - amount.minor } : amount)
    })
  const found = sums(amounts)
  return amounts.includes(undefined) || found.length !== 1 ? undefined : found[0]
}

function statementParts(resource: Resource, document: ClinicalDocument): Parts {
  const { body } = resource
  const totalOf = (category: string): Money | undefined =>
    listOf(at(body, 'total'))
      .filter((one) =>
        listOf(at(one, 'category', 'coding')).some((coding) => at(coding, 'code') === category),
      )
      .map((one) => moneyFrom(at(one, 'amount')))[0]
  const total = totalOf('submitted')
  const insurerPart = moneyFrom(at(body, 'payment', 'amount')) ?? totalOf('benefit')
  const insurerPaidOn = dateOf(at(body, 'payment', 'date'))
  const insurer = insuranceName(named(resource, 'insurer', document))
  const lines = listOf(at(body, 'item'))
    .slice(0, limits.linesPerBillMax)
    .map((item) => {
      const amount = moneyFrom(at(item, 'net'))
      return { label: nameOf(at(item, 'productOrService')) ?? 'Service', ...(amount ? { amount } : {}) }
    })
  return {
    lines,
    ...(total ? { total } : {}),
    ...(insurer ? { insurer } : {}),
    ...(insurerPart ? { insurerPart } : {}),
    ...(insurerPaidOn ? { insurerPaidOn } : {}),
    settled: false,
  }
}

/** "dual_eligible", as some systems name an insurance: "Dual eligible". */
export function insuranceName(name: string | undefined): string | undefined {
  if (name === undefined || !/^[a-z]+(_[a-z]+)*$/.test(name)) return name
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
