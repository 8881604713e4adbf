import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listBills } from './bills.ts'
import { depositOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { type Life, newDisk, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

const example = (name: string) =>
  readFileSync(new URL(`../../e2e/data/examples-r4/${name}.json`, import.meta.url), 'utf8')
const invoice = {
  statement: { category: 'billing', title: 'Bill' },
  content: example('Invoice-example'),
} as const

let setting: Setting
let brigid: Hospital
let life: Life

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(() => {
  life = startLife(setting.chain, setting.relay, newDisk(setting.relay))
})

describe('the list of bills', () => {
  it('has what was accepted as a bill, in whole cents, newest first, and nothing else', async () => {
    await depositOne(life, brigid)
    await depositOne(life, brigid, {
      ...invoice,
      content: example('ExplanationOfBenefit-EB3500'),
    })
    await depositOne(life, brigid, invoice)
    const { bills, unreadable } = await listBills(life.world)
    expect(unreadable).toBe(0)
    expect(bills.map(({ bill }) => bill.total)).toEqual([
      { minor: 4_800, currency: 'EUR' },
      { minor: 13_557, currency: 'USD' },
    ])
    expect(bills[0]?.record.author.name).toBe('St. Brigid Hospital')
  })

  it('leaves out a bill that a corrected one has replaced', async () => {
    const { commitment } = await depositOne(life, brigid, invoice)
    const corrected = invoice.content.replace('"value": 48,', '"value": 45.5,')
    await depositOne(life, brigid, {
      content: corrected,
      statement: { ...invoice.statement, previous: commitment },
    })
    const { bills } = await listBills(life.world)
    expect(bills.map(({ bill }) => bill.total)).toEqual([{ minor: 4_550, currency: 'EUR' }])
  })

  it('counts what cannot be opened, and shows the rest', async () => {
    const { commitment } = await depositOne(life, brigid, invoice)
    await depositOne(life, brigid, invoice)
    const record = await life.world.tables.records.get(commitment)
    if (!record) throw new Error('The bill was not kept.')
    await life.world.tables.records.put(commitment, { ...record, fileKey: 'AAAAAAAAAAAAAAAAAAAAAA==' })
    const { bills, unreadable } = await listBills(life.world)
    expect([bills.length, unreadable]).toEqual([1, 1])
  })
})
