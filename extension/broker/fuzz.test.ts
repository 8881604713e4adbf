import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { providerMethods } from '../../shared/protocol/provider.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

// Threats, T1. The long run: CAREKEY_FUZZ=1000000 npx vitest run extension/broker/fuzz.test.ts

const runs = Number(process.env.CAREKEY_FUZZ ?? 10_000)
const seed = Number(process.env.CAREKEY_SEED ?? 20_261_121)

let setting: Setting
let hospital: Hospital
let disk: Disk
let life: Life

beforeAll(async () => {
  setting = await startSetting()
  hospital = await setting.hospital('St. Brigid Hospital')
  disk = newDisk(setting.relay)
  // A second goes by between two calls, or the limits would answer for the checks.
  let clockMs = 0
  life = startLife(setting.chain, setting.relay, disk, { nowMs: () => (clockMs += 1_000) })
}, 60_000)
afterAll(() => setting.chain.stop())

// What takes no parameters but `{}` a page may call as it likes: that would end the connection and the run.
const methods = Object.keys(providerMethods).filter((method) => method !== 'care_disconnect')

const anyMethod = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>(...methods) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('__proto__', 'constructor', 'care_', null, 0) },
  { weight: 1, arbitrary: fc.anything() },
)

/** A valid message with one value, anywhere, replaced by anything. */
function spoil(valid: unknown, path: number, value: unknown): unknown {
  const copy = structuredClone(valid)
  const places: [Record<string, unknown>, string][] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      // Nobody signs the size: a larger one bounds the download less tightly, and is as good.
      if (key !== 'sealedBytes') places.push([node as Record<string, unknown>, key])
      visit((node as Record<string, unknown>)[key])
    }
  }
  visit(copy)
  const place = places[path % places.length]
  // Put back what was there, and the message would be valid.
  if (place) place[0][place[1]] = Object.is(place[0][place[1]], value) ? 'something else' : value
  return copy
}

it(`lets none of ${runs} malformed messages crash it, ask the patient, or leave anything behind`, async () => {
  const rejections: unknown[] = []
  const note = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', note)
  const to = await connect(life, hospital)
  const valid: unknown[] = [
    await hospital.challenge(),
    await hospital.offer(to),
    await hospital.request(to.patient),
    { voucher: await hospital.voucher(to.patient) },
  ]
  const before = JSON.stringify([await disk.tables.connections.all(), await disk.tables.requests.all()])
  const windows = life.windows.length
  const spoiled = fc
    .tuple(
      fc.constantFrom(...valid),
      fc.nat(),
      fc.oneof(fc.anything(), fc.string(), fc.bigInt(), fc.constant(null)),
    )
    .map(([message, path, value]) => spoil(message, path, value))
  const params = fc.oneof(
    { weight: 3, arbitrary: spoiled },
    {
      weight: 2,
      arbitrary: fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
    },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 20 }) },
  )
  let count = 0
  const replies: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(anyMethod, params, async (method, value) => {
      count += 1
      const { origin } = hospital.organization
      const reply = await new Promise<object>((resolve) => {
        life.broker.calls
          .answer(
            { origin, tabId: count, documentId: `d-${count}`, call: `call-${count}` },
            method,
            value,
            AbortSignal.timeout(10_000),
          )
          .then(resolve)
      })
      const reason = 'error' in reply ? (reply.error as { data: { reason: string } }).data.reason : 'answered'
      replies[reason] = (replies[reason] ?? 0) + 1
      expect(reason).not.toBe('internal')
    }),
    { numRuns: runs, seed, endOnFailure: true },
  )
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(rejections).toEqual([])
  expect(life.windows).toHaveLength(windows)
  expect(await disk.tables.grants.all()).toEqual([])
  expect(await disk.tables.records.all()).toEqual([])
  expect(JSON.stringify([await disk.tables.connections.all(), await disk.tables.requests.all()])).toBe(before)
  expect(replies['params-invalid'] ?? 0).toBeGreaterThan(runs / 4)
}, 600_000)
