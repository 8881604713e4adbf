import { afterAll, beforeAll, expect, it } from 'vitest'
import { signatureSchema } from '../protocol/ids.ts'
import { type Publication, publicationSchema, publicationTypedData } from '../protocol/statistics.ts'
import { simulate } from './calls.ts'
import { encodePublication, readPublishedUntil, readStatistics } from './statistics.ts'
import { submit } from './submit.ts'
import { startTestLedger, type TestLedger } from './test-ledger.ts'

const day = 24 * 60 * 60

let world: TestLedger
beforeAll(async () => {
  world = await startTestLedger()
})
afterAll(() => world.stop())

async function publish(changes: Partial<Publication> = {}) {
  const { deployed, startedAt, stBrigid } = world
  const publication: Publication = {
    organization: stBrigid.id,
    from: startedAt - 31 * day,
    until: startedAt - day,
    rows: [
      { category: 'medications', ageBand: 3, sex: 'female', records: 12, diagnoses: 0 },
      { category: 'problems', ageBand: 9, sex: 'unknown', records: 40, diagnoses: 10 },
    ],
    deadline: startedAt + day,
    ...changes,
  }
  const signature = await stBrigid.signer.signTypedData(publicationTypedData(deployed, publication))
  return encodePublication(deployed, { publication, signature: signatureSchema.parse(signature) })
}

const refusalOf = async (changes: Partial<Publication>) =>
  (await simulate(world.ledger, await publish(changes), world.wallet.account.address))?.reason ?? null

it('publishes a period’s counts, in the ledger’s order, once', async () => {
  const { ledger, startedAt, stBrigid, wallet } = world
  expect(await refusalOf({ until: startedAt - 4 * day })).toBe('params-invalid')
  await submit(wallet, await publish())
  expect(await readStatistics(ledger)).toMatchObject([
    {
      organization: stBrigid.id,
      from: startedAt - 31 * day,
      rows: [
        { category: 'problems', ageBand: 9, sex: 'unknown', records: 40, diagnoses: 10 },
        { category: 'medications', ageBand: 3, sex: 'female', records: 12, diagnoses: 0 },
      ],
    },
  ])
  expect(await readPublishedUntil(ledger, stBrigid.id)).toBe(startedAt - day)
  expect(await refusalOf({})).toBe('params-invalid')
})

it.each([1, 9])('refuses a count of %i, on the ledger as in the schema', async (records) => {
  const { startedAt, lindqvist } = world
  const rows = [{ category: 'genetics', ageBand: 0, sex: 'male', records, diagnoses: 0 }] as const
  const until = startedAt
  expect(await refusalOf({ rows: [...rows], from: startedAt - 60 * day, until })).toBe('params-invalid')
  const own = { organization: lindqvist.id, from: startedAt - 60 * day, until, rows: [...rows] }
  expect(await refusalOf(own)).toBe('count-too-small')
  expect(publicationSchema.safeParse({ ...own, deadline: startedAt }).success).toBe(false)
})
