import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { type LogLine, openLog } from './log.ts'
import { emptyHead, follow, verifyChain } from './log-chain.ts'
import { type LogEntry, type LogHead, logEntrySchema } from './schemas.ts'
import { openStore } from './store.ts'
import { deleteRawRow, organization, putRawRow, rawRows, testIndex } from './test-index.ts'

const line = (text: string): LogLine => ({ event: 'connected', organization, text, details: { n: text } })

let index: ReturnType<typeof testIndex>
let now = 1_800_000_000
beforeEach(() => {
  index = testIndex()
  now = 1_800_000_000
})
const log = () => openLog(index.store, () => now)

test('keeps every line in order, over restarts and however many are written at once', async () => {
  const first = log()
  await Promise.all(['one', 'two', 'three'].map((text) => first.append(line(text))))
  now += 60
  await openLog(openStore(index.cipher, index.factory), () => now).append(line('four'))
  const lines = await log().all()
  expect(lines.map(({ sequence, text, at }) => [sequence, text, at])).toEqual([
    [1, 'one', 1_800_000_000],
    [2, 'two', 1_800_000_000],
    [3, 'three', 1_800_000_000],
    [4, 'four', 1_800_000_060],
  ])
  expect(await log().verify()).toEqual({ broken: 0 })
})

test('goes on after a line could not be written', async () => {
  const one = log()
  index.cipher.locked = true
  await expect(one.append(line('lost'))).rejects.toMatchObject({ reason: 'vault-locked' })
  index.cipher.locked = false
  await one.append(line('kept'))
  expect((await one.all()).map(({ text }) => text)).toEqual(['kept'])
})

describe('tampering on the disk', () => {
  test('is detected, whichever byte of whichever row was edited, or row deleted (T36)', async () => {
    for (const text of ['one', 'two', 'three', 'four']) await log().append(line(text))
    const rows = await rawRows(index.factory)
    expect(rows).toHaveLength(5)
    const edit = fc.record({
      row: fc.nat(rows.length - 1),
      at: fc.nat(10_000),
      by: fc.integer({ min: 1, max: 255 }),
    })
    await fc.assert(
      fc.asyncProperty(edit, fc.integer({ min: 1, max: 10 }), async ({ row: number, at, by }, chance) => {
        const row = rows[number]
        if (!row) throw new Error('no row')
        const sealed = row.sealed.slice()
        const place = at % sealed.length
        sealed[place] = (sealed[place] ?? 0) ^ by
        await (chance === 1 ? deleteRawRow(index.factory, row) : putRawRow(index.factory, { ...row, sealed }))
        expect((await log().verify()).broken).toBe(1)
        await putRawRow(index.factory, row)
      }),
      { seed: 36, numRuns: 300 },
    )
    expect(await log().verify()).toEqual({ broken: 0 })
  })

  test('of the head begins a new chain, and the old one shows as broken', async () => {
    await log().append(line('one'))
    for (const row of await rawRows(index.factory))
      if (row.table === 'log-heads') await putRawRow(index.factory, { ...row, sealed: new Uint8Array(40) })
    await log().append(line('two'))
    expect((await log().all()).map(({ text }) => text).sort()).toEqual(['one', 'two'])
    expect(await log().verify()).toEqual({ broken: 1 })
  })
})

/** A chain as whoever holds the data key could rewrite it. */
function chainOf(length: number): { entries: LogEntry[]; head: LogHead } {
  let head = emptyHead(`0x${'aa'.repeat(32)}`)
  const entries: LogEntry[] = []
  for (let at = 1; at <= length; at++) {
    const next = follow(head, { ...line(`line ${at}`), at })
    entries.push(next.entry)
    head = next.head
  }
  return { entries, head }
}

test('a single character of an entry cannot be edited, nor an entry removed, swapped or repeated (T36)', () => {
  const { entries, head } = chainOf(20)
  expect(verifyChain(entries, head)).toEqual({ whole: true })
  const change = fc.record({
    kind: fc.constantFrom('edit', 'remove', 'swap', 'repeat'),
    entry: fc.nat(entries.length - 1),
    other: fc.nat(entries.length - 1),
    at: fc.nat(2_000),
  })
  let detected = 0
  fc.assert(
    fc.property(change, ({ kind, entry, other, at }) => {
      const changed = entries.map((whole) => JSON.stringify(whole))
      const [one, two] = [changed[entry] ?? '', changed[other] ?? '']
      if (kind === 'edit') {
        const place = at % one.length
        const flipped = String.fromCharCode(one.charCodeAt(place) ^ 1)
        changed[entry] = one.slice(0, place) + flipped + one.slice(place + 1)
      } else if (kind === 'remove') {
        changed.splice(entry, 1)
      } else if (kind === 'repeat') {
        changed.push(one)
      } else {
        fc.pre(entry !== other)
        // Each takes the other's place in the chain.
        changed[entry] = JSON.stringify({ ...JSON.parse(two), sequence: entry + 1 })
        changed[other] = JSON.stringify({ ...JSON.parse(one), sequence: other + 1 })
      }
      const parsed = changed.map(readEntry)
      const isDetected =
        parsed.includes(undefined) ||
        !verifyChain(
          parsed.filter((e) => e !== undefined),
          head,
        ).whole
      expect(isDetected).toBe(true)
      detected += 1
    }),
    { seed: 37, numRuns: 1_000 },
  )
  expect(detected).toBe(1_000)
})

function readEntry(text: string): LogEntry | undefined {
  try {
    return logEntrySchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
