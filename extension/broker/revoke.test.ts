import encodeQR from 'qr'
import decodeQR from 'qr/decode.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readExported } from '../../shared/protocol/exported.ts'
import type { GrantedAccess } from '../../shared/protocol/provider.ts'
import { exportGrant, revoke } from './revoke.ts'
import { depositOne, grantOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { type Life, newDisk, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

let setting: Setting
let brigid: Hospital
let lindqvist: Hospital
let life: Life
let granted: GrantedAccess

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  lindqvist = await setting.hospital('Lindqvist Clinic')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(async () => {
  life = startLife(setting.chain, setting.relay, newDisk(setting.relay))
  granted = await grantOne(life, lindqvist, await depositOne(life, brigid))
})

/** Counts the signed revocations from now on. */
function countRevocations(): () => number {
  const { vault } = life.world
  const signAs = vault.signAs
  let count = 0
  vault.signAs = (organization, data) => {
    if (data.primaryType === 'Revocation') count += 1
    return signAs(organization, data)
  }
  return () => count
}

describe('ending a sharing', () => {
  it('twice at once is signed and written down once', async () => {
    const revocations = countRevocations()
    const both = await Promise.all([revoke(life.world, granted.grantId), revoke(life.world, granted.grantId)])
    expect(both.map(({ status }) => status)).toEqual(['revoked', 'revoked'])
    expect(revocations()).toBe(1)
    const lines = (await life.world.log.all()).filter(({ event }) => event === 'revocation-requested')
    expect(lines).toHaveLength(1)
  })

  it('at the very moment at which it begins is not forgotten, though the ledger does not answer', async () => {
    const { world } = life
    const { put } = world.tables.grants
    let ending: Promise<unknown> = Promise.resolve()
    world.tables.grants.put = async (id, stored) => {
      if (stored.status === 'active') {
        setting.relay.ledgerDown = true
        ending = revoke(world, stored.grantId)
        // As long as a revocation takes that nothing holds up: it asks the ledger once.
        for (let reads = 0; reads < 3; reads++) await world.ledger.time()
      }
      await put(id, stored)
    }
    const { grantId } = await grantOne(life, lindqvist, await depositOne(life, brigid))
    await ending
    setting.relay.ledgerDown = false
    expect((await world.tables.grants.get(grantId))?.status).toBe('revoking')
    await life.broker.resume()
    expect((await world.tables.grants.get(grantId))?.status).toBe('revoked')
  })

  it('while it is being exported submits the very signature that was exported', async () => {
    const revocations = countRevocations()
    const [{ json }, { revocation, status }] = await Promise.all([
      exportGrant(life.world, granted.grantId),
      revoke(life.world, granted.grantId),
    ])
    expect(JSON.parse(json).acts[1].revocation).toEqual(revocation)
    expect(status).toBe('revoked')
    expect(revocations()).toBe(1)
  })
})

describe('an exported sharing', () => {
  it('holds the two signed structures, where to submit them, and nothing that says what was shared', async () => {
    const { json, filename } = await exportGrant(life.world, granted.grantId)
    const exported = readExported(json)
    const { chainId, contracts } = life.world.network
    expect(exported).toMatchObject({ chainId, contracts })
    const [consent, ending] = exported.acts
    expect(consent).toEqual({ kind: 'grant', ...granted.grant })
    expect(ending?.kind === 'revocation' && Object.keys(ending.revocation).sort()).toEqual([
      'deadline',
      'grant',
      'patient',
      'signature',
    ])
    expect(filename).toMatch(/^carekey-sharing-[0-9a-f]{8}\.json$/)
  })

  it('is read back from its codes as a camera sees them, in any order', async () => {
    const { codes } = await exportGrant(life.world, granted.grantId)
    for (const { kind, pages } of codes) {
      const seen = pages.map((page) => decodeQR(pictureOf(page), { effort: Infinity, timeLimit: Infinity }))
      const { acts, chainId } = readExported(seen.reverse().join('\n'))
      expect(chainId).toBe(life.world.network.chainId)
      expect(acts.map((act) => act.kind)).toEqual([kind])
    }
  })
})

/** A code in black and white, four dots a square. */
function pictureOf(text: string) {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 })
  const scale = 4
  const side = rows.length * scale
  const data = new Uint8Array(side * side * 4).fill(255)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const dark = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)]
      if (dark) data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3)
    }
  }
  return { width: side, height: side, data }
}
