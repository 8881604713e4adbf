interface Conversion {
  /** The unit as reports write it: UCUM's code or its usual sign. */
  from: readonly string[]
  to: string
  convert: (value: number) => number
  digits: number
}

const kilogramsPerPound = 0.453_592_37
const centimetresPerInch = 2.54

/** Only what needs no knowledge of the substance measured: a wrong conversion would be worse than none. */
const toAmerican: Conversion[] = [
  { from: ['kg'], to: 'lb', convert: (value) => value / kilogramsPerPound, digits: 0 },
  { from: ['cm'], to: 'in', convert: (value) => value / centimetresPerInch, digits: 1 },
  { from: ['Cel', '°C'], to: '°F', convert: (value) => value * 1.8 + 32, digits: 1 },
  { from: ['g/L'], to: 'g/dL', convert: (value) => value / 10, digits: 1 },
]

const toMetric: Conversion[] = [
  { from: ['[lb_av]', 'lb', 'lbs'], to: 'kg', convert: (value) => value * kilogramsPerPound, digits: 1 },
  { from: ['[in_i]', 'in'], to: 'cm', convert: (value) => value * centimetresPerInch, digits: 0 },
  { from: ['[degF]', '°F'], to: '°C', convert: (value) => (value - 32) / 1.8, digits: 1 },
  { from: ['g/dL'], to: 'g/L', convert: (value) => value * 10, digits: 0 },
]

/** A value in the unit that the reader is used to: "186 lb"; null where the report's own is theirs, or nothing is known. */
export function inOwnUnit(value: string, unit: string | undefined, locale: string): string | null {
  if (unit === undefined || !/^-?\d+(\.\d+)?$/.test(value)) return null
  const known = locale === 'en-US' ? toAmerican : toMetric
  const found = known.find(({ from }) => from.includes(unit))
  return found ? `${found.convert(Number(value)).toFixed(found.digits)} ${found.to}` : null
}
