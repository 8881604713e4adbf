import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GrantedAccess } from '../../shared/protocol/provider.ts'
import { auditTrail, openings } from './audit.ts'
import { revoke } from './revoke.ts'
import { depositOne, grantOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { type Disk, type Life, newDisk, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

let setting: Setting
let lindqvist: Hospital
let disk: Disk
let life: Life
let granted: GrantedAccess

beforeAll(async () => {
  setting = await startSetting()
  const brigid = await setting.hospital('St. Brigid Hospital')
  lindqvist = await setting.hospital('Lindqvist Clinic')
  disk = newDisk(setting.relay)
  life = startLife(setting.chain, setting.relay, disk)
  const receipt = await depositOne(life, brigid)
  granted = await grantOne(life, lindqvist, receipt)
  const record = await disk.tables.records.get(receipt.commitment)
  if (!record) throw new Error('The record was saved.')
  const served = { grant: granted.grantId, organization: lindqvist.organization.id, bytes: 4_096 }
  const at = Math.floor(Date.now() / 1_000)
  setting.relay.receipts.push({ ...served, cid: granted.manifest, at }, { ...served, cid: record.cid, at })
  await revoke(life.world, granted.grantId)
}, 60_000)
afterAll(() => setting.chain.stop())

describe('the audit trail', () => {
  it('holds every request, decision, access and revocation, by whoever noted it, newest first', async () => {
    const trail = await auditTrail(life.world)
    expect(new Set(trail.map((entry) => `${entry.source} ${entry.event}`))).toEqual(
      new Set([
        'here connected',
        'here deposit-offered',
        'here deposit-accepted',
        'here access-requested',
        'here access-narrowed',
        'here revocation-requested',
        'ledger anchored',
        'ledger granted',
        'ledger revoked',
        'relay served',
      ]),
    )
    const times = trail.map((entry) => entry.at)
    expect(times).toEqual([...times].sort((a, b) => b - a))
    expect(new Set(trail.map((entry) => entry.id)).size).toBe(trail.length)
  })

  it('speaks in sentences with names, and never a hash', async () => {
    for (const { text } of await auditTrail(life.world)) {
      expect(text).toMatch(/^[A-Z].*\.$/)
      expect(text).not.toMatch(/0x|bafk|unknown|undefined/)
    }
  })

  it('is shorter, not gone, while relay or ledger are away', async () => {
    setting.relay.down = true
    const sources = (await auditTrail(life.world)).map((entry) => entry.source)
    setting.relay.down = false
    expect(new Set(sources)).toEqual(new Set(['here', 'ledger']))
    const away = { ...life.world.ledger, eventsOf: () => Promise.reject(new Error('away')) }
    const without = await auditTrail({ ...life.world, ledger: away })
    expect(new Set(without.map((entry) => entry.source))).toEqual(new Set(['here', 'relay']))
  })

  it('counts as opened what was fetched, and not the list of records', async () => {
    const opened = (await openings(life.world)).get(granted.grantId)
    const [record] = await disk.tables.records.all()
    expect(opened).toEqual([{ at: expect.any(Number), commitment: record?.commitment, by: 'relay' }])
  })
})
