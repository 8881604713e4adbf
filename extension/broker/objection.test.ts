import { keccak256 } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readDisputes } from '../../shared/contracts/disputes.ts'
import { openLedger } from '../../shared/contracts/ledger.ts'
import { canonicalBytes } from '../../shared/protocol/canonical.ts'
import type { Commitment } from '../../shared/protocol/ids.ts'
import { dispute } from './dispute.ts'
import { matching } from './selection.ts'
import { recordStanding } from './standing.ts'
import { depositOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { type Life, newDisk, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'
import { withdraw } from './withdraw.ts'

let setting: Setting
let brigid: Hospital
let life: Life
let commitment: Commitment

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(async () => {
  life = startLife(setting.chain, setting.relay, newDisk(setting.relay))
  commitment = (await depositOne(life, brigid)).commitment
})

const recordOf = async () => (await life.world.tables.records.get(commitment)) ?? expect.fail()

it('a dispute keeps the words here, and puts their salted hash on the ledger', async () => {
  await dispute(life.world, commitment, 'not-correct', 'My blood group is not A.')
  const record = await recordOf()
  const [stated] = await readDisputes(openLedger(setting.chain.network), { commitment })
  expect(stated).toMatchObject({ reason: 'not-correct', subject: record.statement.subject })
  expect(stated?.reasonHash).toBe(keccak256(canonicalBytes(record.disputeWords)))
  // Who guesses the words has not guessed the hash.
  const { words } = record.disputeWords ?? expect.fail()
  expect(stated?.reasonHash).not.toBe(keccak256(canonicalBytes({ words })))
  expect((await recordStanding(life.world, record)).dispute).toEqual({
    reason: 'not-correct',
    status: 'open',
    words: 'My blood group is not A.',
  })
})

it('a withdrawal is signed once, stated on the ledger, and takes the record from every offer', async () => {
  const asked = { categories: ['laboratory' as const], period: { start: '2020-01-01', end: '2030-01-01' } }
  expect(matching([await recordOf()], asked)).toHaveLength(1)
  setting.relay.ledgerDown = true
  await withdraw(life.world, commitment)
  setting.relay.ledgerDown = false
  const signed = (await recordOf()).tombstone
  expect(matching([await recordOf()], asked)).toEqual([])
  expect((await recordStanding(life.world, await recordOf())).withdrawn).toBe('waiting')
  await life.broker.resume()
  expect((await recordStanding(life.world, await recordOf())).withdrawn).toBe('stated')
  await withdraw(life.world, commitment)
  expect((await recordOf()).tombstone).toEqual(signed)
  const acts = setting.relay.acts.filter((act) => act.kind === 'tombstone')
  expect(new Set(acts.map((act) => act.kind === 'tombstone' && act.tombstone.signature)).size).toBe(1)
})
