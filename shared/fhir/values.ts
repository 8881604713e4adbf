import { dateOf } from './dates.ts'
import { at, type JsonObject, listOf, numberOf, objectOf, textOf } from './json.ts'
import { limits } from './limits.ts'
import { decimalText, moneyFrom } from './money.ts'
import { nameOf } from './names.ts'
import type { Row } from './view.ts'

/**
 * A number for the eye: up to three decimals as given, longer ones (machines' 71.48293478) rounded to four digits.
 * Only what is shown is rounded; series and flags use the given value.
 */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (Number.isInteger(value)) return String(value)
  const short = Number(value.toFixed(3))
  if (Math.abs(short - value) < 1e-9 && short !== 0) return String(short)
  const whole = String(Math.trunc(Math.abs(value))).length
  return String(Number(value.toPrecision(Math.max(4, Math.min(whole + 1, 21)))))
}

/** The unit as the report gave it; pure annotations ("{score}", "1") say nothing beside the number. */
export function unitOf(quantity: unknown): string | undefined {
  const unit = textOf(at(quantity, 'unit'), 40) ?? textOf(at(quantity, 'code'), 40)
  if (unit === undefined || unit === '1' || /^\{[^}]*\}$/.test(unit)) return undefined
  return unit
}

export interface Value {
  value: string
  unit?: string | undefined
}

function quantityValue(quantity: JsonObject): Value | undefined {
  const number = numberOf(at(quantity, 'value'))
  if (number === undefined) return undefined
  const comparator = textOf(at(quantity, 'comparator'), 2)
  const sign = comparator !== undefined && ['<', '<=', '>=', '>'].includes(comparator) ? `${comparator} ` : ''
  return { value: sign + numberText(number), unit: unitOf(quantity) }
}

const rangeText = (low: Value | undefined, high: Value | undefined): string | undefined => {
  if (low && high) return `${low.value} to ${high.value}`
  if (low) return `${low.value} or more`
  return high ? `up to ${high.value}` : undefined
}

const absent = new Map([
  ['unknown', 'Not known'],
  ['asked-unknown', 'Not known'],
  ['not-asked', 'Not asked'],
  ['asked-declined', 'Not answered'],
  ['not-performed', 'Not done'],
  ['error', 'Could not be measured'],
  ['not-permitted', 'Not allowed to be shown'],
  ['masked', 'Kept private by the author'],
])

/** The `value[x]` of an Observation or component. */
export function observedValue(observed: JsonObject): Value | undefined {
  const quantity = quantityValue(objectOf(at(observed, 'valueQuantity')))
  if (quantity) return quantity
  const concept = nameOf(at(observed, 'valueCodeableConcept'))
  if (concept !== undefined) return { value: concept }
  const plain =
    textOf(at(observed, 'valueString'), limits.noteMaxCharacters) ?? textOf(at(observed, 'valueTime'))
  if (plain !== undefined) return { value: plain }
  const yes = at(observed, 'valueBoolean')
  if (typeof yes === 'boolean') return { value: yes ? 'Yes' : 'No' }
  const integer = numberOf(at(observed, 'valueInteger'))
  if (integer !== undefined) return { value: numberText(integer) }
  const date = dateOf(at(observed, 'valueDateTime'))
  if (date !== undefined) return { value: date }
  return rangeOrRatio(observed) ?? absentValue(observed)
}

function rangeOrRatio(observed: JsonObject): Value | undefined {
  const range = objectOf(at(observed, 'valueRange'))
  const low = quantityValue(objectOf(at(range, 'low')))
  const high = quantityValue(objectOf(at(range, 'high')))
  const text = rangeText(low, high)
  if (text !== undefined) return { value: text, unit: low?.unit ?? high?.unit }
  const over = quantityValue(objectOf(at(observed, 'valueRatio', 'numerator')))
  const under = quantityValue(objectOf(at(observed, 'valueRatio', 'denominator')))
  if (over && under) return { value: `${over.value} : ${under.value}`, unit: over.unit }
  return at(observed, 'valueSampledData') === undefined
    ? undefined
    : { value: 'A recorded curve, not shown here' }
}

function absentValue(observed: JsonObject): Value | undefined {
  const reason = at(observed, 'dataAbsentReason')
  const codes = listOf(at(reason, 'coding')).map((coding) => textOf(at(coding, 'code')) ?? '')
  const known = codes.map((code) => absent.get(code)).find((words) => words !== undefined)
  const words = known ?? nameOf(reason)
  return words === undefined ? undefined : { value: words }
}

/** The range that is normal for this patient, as text, with its bounds. */
export function referenceOf(observed: JsonObject): {
  text?: string | undefined
  low?: number
  high?: number
} {
  const ranges = listOf(at(observed, 'referenceRange'))
  const normal = ranges.find((range) =>
    listOf(at(range, 'type', 'coding')).some((one) => at(one, 'code') === 'normal'),
  )
  // Several ranges without a normal one are grades ("minor", "severe"): none of them is what is usual.
  const chosen = normal ?? (ranges.length === 1 ? ranges[0] : undefined)
  if (!chosen) return {}
  const low = objectOf(at(chosen, 'low'))
  const high = objectOf(at(chosen, 'high'))
  const bounds = rangeText(quantityValue(low), quantityValue(high))
  const unit = unitOf(low) ?? unitOf(high)
  const own = unitOf(at(observed, 'valueQuantity'))
  const text =
    bounds === undefined ? textOf(at(chosen, 'text')) : unit && unit !== own ? `${bounds} ${unit}` : bounds
  // Bounds in another unit than the value's must not be compared with it.
  if (unit !== undefined && unit !== own) return { text }
  const lowValue = numberOf(at(low, 'value'))
  const highValue = numberOf(at(high, 'value'))
  return {
    text,
    ...(lowValue === undefined ? {} : { low: lowValue }),
    ...(highValue === undefined ? {} : { high: highValue }),
  }
}

/** HL7 v3 ObservationInterpretation codes that mean something out of the usual. */
const flags = new Map<string, NonNullable<Row['flag']>>([
  ...['H', 'HH', 'HU', 'H>', '>'].map((code) => [code, 'high'] as const),
  ...['L', 'LL', 'LU', 'L<', '<'].map((code) => [code, 'low'] as const),
  ...['A', 'AA', 'POS', 'R', 'DET'].map((code) => [code, 'abnormal'] as const),
])

/** The author's interpretation; without one, the value against the report's own range. */
export function flagOf(observed: JsonObject): Row['flag'] | undefined {
  const interpretations = listOf(at(observed, 'interpretation'))
  const codes = interpretations.flatMap((concept) =>
    listOf(at(concept, 'coding')).map((coding) => at(coding, 'code')),
  )
  for (const code of codes) {
    const flag = typeof code === 'string' ? flags.get(code) : undefined
    if (flag) return flag
  }
  if (codes.length > 0) return undefined
  const words = interpretations.map((concept) => textOf(at(concept, 'text'))?.toLowerCase() ?? '').join(' ')
  for (const flag of ['high', 'low', 'abnormal'] as const)
    if (new RegExp(`\\b${flag}\\b`).test(words)) return flag
  const value = numberOf(at(observed, 'valueQuantity', 'value'))
  if (value === undefined || at(observed, 'valueQuantity', 'comparator') !== undefined) return undefined
  const { low, high } = referenceOf(observed)
  if (low !== undefined && value < low) return 'low'
  return high !== undefined && value > high ? 'high' : undefined
}

/** An amount of money: "125.00" with its currency as unit. */
export function moneyOf(money: unknown): Value | undefined {
  const exact = moneyFrom(money)
  if (exact) return { value: decimalText(exact), unit: exact.currency }
  const amount = numberOf(at(money, 'value'))
  return amount === undefined
    ? undefined
    : { value: numberText(amount), unit: textOf(at(money, 'currency'), 10) }
}

export function bytesInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** Media types in words people use. */
export function fileKind(mediaType: unknown): string {
  const type = textOf(mediaType, 80)?.toLowerCase() ?? ''
  if (type.includes('pdf')) return 'PDF'
  if (type.includes('dicom')) return 'Medical images (DICOM)'
  if (type.startsWith('image/')) return 'Picture'
  if (type.startsWith('audio/')) return 'Sound'
  if (type.startsWith('video/')) return 'Video'
  if (type.includes('xml') || type.includes('json')) return 'Data file'
  return type.startsWith('text/') ? 'Text' : 'File'
}
