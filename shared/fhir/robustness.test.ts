import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fixtureBytes, fixtureNames } from './fixtures.ts'
import { limits } from './limits.ts'
import { readDocument } from './read.ts'
import { summarize } from './summarize.ts'
import { validate } from './validate.ts'

// The large bundles repeat what the small one holds, and would only make this slow.
const names = fixtureNames.filter((name) => !/elvina|olen/.test(name))
const texts = names.map((name) => new TextDecoder().decode(fixtureBytes(name)))

function survives(text: string): boolean {
  const result = readDocument(new TextEncoder().encode(text), 'application/fhir+json')
  if (!result.ok) return false
  const summary = summarize(result.document)
  expect(summary.title).not.toBe('')
  expect(summary.sections.length).toBeLessThanOrEqual(limits.sectionsMax)
  expect(validate(result.document).length).toBeLessThanOrEqual(limits.issuesMax + 1)
  expect(JSON.stringify(summary)).not.toMatch(/\[object Object\]|"undefined/)
  return true
}

/** What a careless or hostile system may put where something else belongs. */
const junk = fc.oneof(
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    ' ',
    '\u202e',
    '2026-13-45',
    '9999-99-99T99:99',
    'constructor',
    '__proto__',
  ),
  fc.constantFrom(
    'urn:uuid:',
    '#',
    'Observation/',
    'entered-in-error',
    '<div>',
    '&#99999999;',
    '-'.repeat(5_000),
  ),
  fc.constantFrom(
    [],
    {},
    [[]],
    [null],
    { coding: 1 },
    { coding: [null] },
    { text: {} },
    { value: 'x' },
    { reference: '#' },
  ),
  fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>,
)

/** Replaces, removes or repeats one value, found by walking `steps` down. */
function mutate(root: unknown, steps: readonly number[], action: number, value: unknown): void {
  let holder: unknown = root
  let found: { holder: Record<string, unknown>; key: string } | undefined
  for (const step of steps) {
    if (typeof holder !== 'object' || holder === null) break
    const keys = Object.keys(holder)
    const key = keys[step % keys.length]
    if (key === undefined) break
    found = { holder: holder as Record<string, unknown>, key }
    holder = found.holder[key]
  }
  if (!found) return
  if (action === 0) delete found.holder[found.key]
  else if (action === 1) found.holder[found.key] = [found.holder[found.key], value]
  else if (action === 2) found.holder[found.key] = [[found.holder[found.key]]]
  else found.holder[found.key] = value
}

test('no change of values makes reading, checking or summing up fail (1,000 mutated documents)', () => {
  let read = 0
  const steps = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 12 })
  const change = fc.record({ steps, action: fc.nat(6), value: junk })
  fc.assert(
    fc.property(
      fc.nat(texts.length - 1),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      (index, changes) => {
        const root: unknown = JSON.parse(texts[index] ?? '')
        for (const { steps: path, action, value } of changes)
          mutate(root, path, action, structuredClone(value))
        if (survives(JSON.stringify(root))) read++
      },
    ),
    { numRuns: 1_000 },
  )
  expect(read).toBeGreaterThan(500)
}, 120_000)

test('no damaged bytes make it fail (300 damaged files)', () => {
  const cut = fc.record({
    index: fc.nat(texts.length - 1),
    at: fc.nat(),
    length: fc.nat(40),
    text: fc.string({ maxLength: 20 }),
  })
  fc.assert(
    fc.property(cut, ({ index, at, length, text }) => {
      const whole = texts[index] ?? ''
      const start = at % whole.length
      survives(whole.slice(0, start) + text + whole.slice(start + length))
    }),
    { numRuns: 300 },
  )
}, 60_000)

test('a stranger’s long texts cost no more than their length', () => {
  const long = '(a/b [c] of Blood by '.repeat(40_000)
  const div = '<p>. , <script>'.repeat(40_000)
  const body = {
    resourceType: 'Observation',
    status: long,
    code: { text: long },
    valueString: long,
    interpretation: [{ text: long }],
    text: { div },
  }
  const letter = { resourceType: 'Composition', title: long, section: [{ title: long, text: { div } }] }
  const start = performance.now()
  for (const one of [body, letter]) survives(JSON.stringify(one))
  expect(performance.now() - start).toBeLessThan(2_000)
})
