import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeResolveDispute } from '../../shared/contracts/disputes.ts'
import { submit } from '../../shared/contracts/submit.ts'
import type { Commitment } from '../../shared/protocol/ids.ts'
import { NO_HASH } from '../../shared/protocol/ids.ts'
import { dispute, disputeView, finishDisputes } from './dispute.ts'
import { depositOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { type Life, newDisk, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

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
  setting.relay.ledgerDown = false
  life = startLife(setting.chain, setting.relay, newDisk(setting.relay))
  commitment = (await depositOne(life, brigid)).commitment
})

const shown = async () => {
  const record = await life.world.tables.records.get(commitment)
  if (!record) throw new Error('The record is gone.')
  return disputeView(life.world, record)
}

describe('a dispute', () => {
  it('stands on the ledger with its reason, and in the log', async () => {
    expect(await shown()).toBeNull()
    await dispute(life.world, commitment, 'never-happened')
    expect(await shown()).toEqual({ reason: 'never-happened', status: 'open' })
    const lines = (await life.world.log.all()).filter(({ event }) => event === 'disputed')
    expect(lines).toHaveLength(1)
  })

  it('is made once, and keeps the first reason', async () => {
    await dispute(life.world, commitment, 'not-mine')
    await expect(dispute(life.world, commitment, 'other')).rejects.toMatchObject({ reason: 'dispute-exists' })
    expect(await shown()).toMatchObject({ reason: 'not-mine' })
  })

  it('that could not reach the ledger waits, and goes on with the very signature', async () => {
    setting.relay.ledgerDown = true
    await dispute(life.world, commitment, 'repeated')
    expect(await shown()).toEqual({ reason: 'repeated', status: 'waiting' })
    const before = (await life.world.tables.records.get(commitment))?.dispute
    setting.relay.ledgerDown = false
    await finishDisputes(life.world)
    expect(await shown()).toEqual({ reason: 'repeated', status: 'open' })
    expect((await life.world.tables.records.get(commitment))?.dispute).toEqual(before)
  })

  it('shows what an adjudicator found', async () => {
    await dispute(life.world, commitment, 'not-correct')
    const record = await life.world.tables.records.get(commitment)
    if (!record) throw new Error('The record is gone.')
    const { network, wallet } = setting.chain
    const answer = { subject: record.statement.subject, commitment, upheld: true, findingsHash: NO_HASH }
    await submit(wallet, encodeResolveDispute(network, answer))
    expect(await shown()).toEqual({ reason: 'not-correct', status: 'upheld' })
  })

  it('of what is not kept here is refused', async () => {
    const unknown = `0x${'77'.repeat(32)}` as Commitment
    await expect(dispute(life.world, unknown, 'other')).rejects.toMatchObject({ reason: 'record-missing' })
  })
})
