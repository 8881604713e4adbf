import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { type CidText, hash32Schema, signatureSchema } from '../../shared/protocol/ids.ts'
import type { GrantedAccess } from '../../shared/protocol/provider.ts'
import { type RetrievalProof, retrievalTypedData } from '../../shared/protocol/sign-in.ts'
import { authorize, logServed } from './retrieval.ts'
import { revoke } from './revoke.ts'
import { depositOne, grantOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { type Disk, type Life, newDisk, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

const peer = '12D3KooWTestPeerOfThePatient'
const minute = 60
const now = () => Math.floor(Date.now() / 1_000)

let setting: Setting
let brigid: Hospital
let lindqvist: Hospital
let disk: Disk
let life: Life
let granted: GrantedAccess
let cid: CidText

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  lindqvist = await setting.hospital('Lindqvist Clinic')
  disk = newDisk(setting.relay)
  // A second goes by between two calls: this page asks more than a real one may.
  let clockMs = 0
  life = startLife(setting.chain, setting.relay, disk, { nowMs: () => (clockMs += 1_000) })
  const receipt = await depositOne(life, brigid)
  await depositOne(life, brigid)
  granted = await grantOne(life, lindqvist, receipt)
  cid = (await disk.tables.records.get(receipt.commitment))?.cid as CidText
}, 60_000)
afterAll(() => setting.chain.stop())

async function proofBy(hospital: Hospital, change: Partial<RetrievalProof> = {}): Promise<RetrievalProof> {
  const unsigned = {
    grant: granted.grantId,
    cid,
    peer,
    nonce: hash32Schema.parse(randomSalt()),
    deadline: now() + minute,
    ...change,
  }
  const data = retrievalTypedData(setting.chain.network, unsigned)
  return {
    ...unsigned,
    signature: signatureSchema.parse(await hospital.organization.account.signTypedData(data)),
  }
}

const refused = (reason: string) => ({ ok: false, reason })

describe('our own node', () => {
  it('serves the granted record and the list of records to the grantee', async () => {
    expect(await authorize(life.world, await proofBy(lindqvist), peer)).toEqual({ ok: true })
    const list = await proofBy(lindqvist, { cid: granted.manifest })
    expect(await authorize(life.world, list, peer)).toEqual({ ok: true })
  })

  it('serves nobody else under this grant, not even the author', async () => {
    expect(await authorize(life.world, await proofBy(brigid), peer)).toEqual(refused('grant-not-yours'))
  })

  it('serves nothing that the grant does not open', async () => {
    const others = (await disk.tables.records.all()).filter((record) => record.cid !== cid)
    for (const other of others) {
      const proof = await proofBy(lindqvist, { cid: other.cid })
      expect(await authorize(life.world, proof, peer)).toEqual(refused('grant-scope'))
    }
    expect(others.length).toBeGreaterThan(0)
  })

  it('refuses a proof for another peer, a late one, and one for a grant that nobody gave', async () => {
    expect(await authorize(life.world, await proofBy(lindqvist), 'another-peer')).toEqual(
      refused('signature-wrong'),
    )
    expect(await authorize(life.world, await proofBy(lindqvist), null)).toEqual(refused('signature-wrong'))
    const late = await proofBy(lindqvist, { deadline: now() - 10 * minute })
    expect(await authorize(life.world, late, peer)).toEqual(refused('deadline-passed'))
    const far = await proofBy(lindqvist, { deadline: now() + 60 * minute })
    expect(await authorize(life.world, far, peer)).toEqual(refused('deadline-too-far'))
    const unknown = await proofBy(lindqvist, { grant: hash32Schema.parse(randomSalt()) as never })
    expect(await authorize(life.world, unknown, peer)).toEqual(refused('grant-unknown'))
  })

  it('refuses everything while the vault is locked, or the ledger cannot be asked', async () => {
    disk.vault.setState('locked')
    expect(await authorize(life.world, await proofBy(lindqvist), peer)).toEqual(refused('vault-locked'))
    disk.vault.setState('unlocked')
    const away = {
      ...life.world,
      ledger: { ...life.world.ledger, time: () => Promise.reject(new Error('away')) },
    }
    expect(await authorize(away, await proofBy(lindqvist), peer)).toEqual(refused('internal'))
  })

  it('refuses a grant that ran out by our clock, though the chain’s stands still', async () => {
    const { notAfter } = granted.grant.grant
    const proof = await proofBy(lindqvist, { deadline: notAfter + minute })
    expect(await authorize({ ...life.world, now: () => notAfter }, proof, peer)).toEqual(
      refused('grant-expired'),
    )
  })

  it('refuses a grant of which the patient was told that it failed', async () => {
    const stored = await disk.tables.grants.get(granted.grantId)
    if (!stored) throw new Error('no grant')
    await disk.tables.grants.put(granted.grantId, { ...stored, status: 'failed' })
    expect(await authorize(life.world, await proofBy(lindqvist), peer)).toEqual(refused('grant-unknown'))
    await disk.tables.grants.put(granted.grantId, stored)
    expect(await authorize(life.world, await proofBy(lindqvist), peer)).toEqual({ ok: true })
  })

  it('notes what it served in words', async () => {
    await logServed(life.world, { grant: granted.grantId, cid, bytes: 4_096 })
    expect((await disk.log.all()).at(-1)).toMatchObject({
      event: 'served',
      organization: lindqvist.organization.id,
      text: 'Lindqvist Clinic fetched “Lipid panel” from this browser.',
    })
  })

  it('refuses a suspended organization at once', async () => {
    const other = await setting.hospital('Suspended Clinic')
    const more = await grantOne(life, other, await depositOne(life, brigid))
    await setting.chain.suspend(other.organization)
    const proof = await proofBy(other, { grant: more.grantId })
    expect(await authorize(life.world, proof, peer)).toEqual(refused('organization-suspended'))
  })
})

describe('taking back', () => {
  it('reaches relay and ledger, tells the page, and stops our own node', async () => {
    const stored = await revoke(life.world, granted.grantId)
    expect(stored.status).toBe('revoked')
    expect(setting.relay.grants.has(granted.grantId)).toBe(false)
    const state = await life.world.ledger.grantState(granted.grant.grant.patient, granted.grantId)
    expect(state.revokedAt).toBeGreaterThan(0)
    expect(life.emitted).toContainEqual({ origin: lindqvist.organization.origin, event: 'grantsChanged' })
    expect(await authorize(life.world, await proofBy(lindqvist), peer)).toEqual(refused('grant-revoked'))
  })

  it('is signed once, however often it is asked for', async () => {
    await revoke(life.world, granted.grantId)
    const signatures = setting.relay.acts.filter(
      (act) => act.kind === 'revocation' && act.revocation.grant === granted.grantId,
    )
    expect(signatures).toHaveLength(1)
  })

  it('goes on by itself when the relay was away, and its own node stops at once', async () => {
    const more = await grantOne(life, lindqvist, await depositOne(life, brigid))
    setting.relay.down = true
    expect((await revoke(life.world, more.grantId)).status).toBe('revoking')
    setting.relay.down = false
    const proof = await proofBy(lindqvist, { grant: more.grantId })
    expect(await authorize(life.world, proof, peer)).toEqual(refused('grant-revoked'))
    await life.broker.resume()
    expect(await disk.tables.grants.get(more.grantId)).toMatchObject({ status: 'revoked' })
  })
})
