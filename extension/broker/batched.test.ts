import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { decodeEnvelope } from '../../shared/crypto/envelope.ts'
import { open } from '../../shared/crypto/seal.ts'
import { hash32Schema, signatureSchema } from '../../shared/protocol/ids.ts'
import { decodeManifest } from '../../shared/protocol/manifest.ts'
import type { DepositReceipt, GrantedAccess } from '../../shared/protocol/provider.ts'
import { type RetrievalProof, retrievalTypedData } from '../../shared/protocol/sign-in.ts'
import { authorize } from './retrieval.ts'
import { revoke } from './revoke.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, readyRequest, startLife, until } from './testing/life.ts'
import { resultOf, type Setting, startSetting } from './testing/setting.ts'

const day = 24 * 60 * 60

let setting: Setting
let brigid: Hospital
let lindqvist: Hospital
let disk: Disk
let life: Life

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
  lindqvist = await setting.hospital('Lindqvist Clinic')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(() => {
  disk = newDisk(setting.relay)
  life = startLife(setting.chain, setting.relay, disk)
  setting.relay.batching = true
})
afterEach(() => {
  setting.relay.batching = false
})

const page = (hospital: Hospital) => ({ origin: hospital.organization.origin })

/** What the page gets once the sponsor, which has the act by then, has closed the batch. */
async function afterItsBatch<T>(answer: Promise<unknown>, acts: number): Promise<T> {
  await until('the act', async () => setting.relay.acts.length > acts || undefined)
  await setting.relay.closeBatches()
  return resultOf<T>((await answer) as Awaited<ReturnType<Life['call']>>)
}

async function deposited() {
  const to = await connect(life, brigid)
  const offer = await brigid.offer(to)
  const before = setting.relay.acts.length
  const answer = life.call(page(brigid), 'care_deposit', offer)
  await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
  const receipt = await afterItsBatch<DepositReceipt>(answer, before)
  return { receipt, commitment: offer.anchor.commitment }
}

async function granted(commitment: string) {
  const { patient } = await connect(life, lindqvist)
  const signed = await lindqvist.request(patient, { categories: ['laboratory'] })
  const before = setting.relay.acts.length
  const answer = life.call(page(lindqvist), 'care_requestAccess', signed)
  const { id } = await readyRequest(life, 'access')
  const access = { commitments: [commitment] as never[], durationSeconds: day }
  await life.broker.decide(id, { outcome: 'approve', access })
  return afterItsBatch<GrantedAccess>(answer, before)
}

describe('what came to the ledger in a batch', () => {
  it('is saved with its proof, shown by it, served for it, and revoked as any other', async () => {
    const { receipt, commitment } = await deposited()
    expect(receipt).toMatchObject({ commitment, status: 'anchored' })
    const record = await life.world.tables.records.get(receipt.commitment)
    expect(record).toMatchObject({ status: 'saved', batch: receipt.batched?.batch })
    if (!record) throw new Error('The record was saved.')
    expect(await life.world.ledger.anchorOf({ ...record.statement, commitment })).toBeNull()

    const answer = await granted(commitment)
    const stored = await life.world.tables.grants.get(answer.grantId)
    expect(stored).toMatchObject({ status: 'active', signed: answer.grant })
    expect(answer.grant.batch).toBeDefined()
    const { signature, batch } = answer.grant
    expect(setting.relay.grants.get(answer.grantId)?.batch).toEqual({ ...batch, signature })
    const sealed = setting.relay.pinned.get(answer.manifest) ?? new Uint8Array()
    const { content } = decodeEnvelope(await open(lindqvist.organization.identity, sealed))
    expect(decodeManifest(content).entries[0]?.anchor).toEqual(receipt.batched)

    const ask = async (): Promise<RetrievalProof> => {
      const nonce = hash32Schema.parse(randomSalt())
      const deadline = Math.floor(Date.now() / 1_000) + 60
      const unsigned = { grant: answer.grantId, cid: answer.manifest, peer: 'peer', nonce, deadline }
      const data = retrievalTypedData(setting.chain.network, unsigned)
      const signed = await lindqvist.organization.account.signTypedData(data)
      return { ...unsigned, signature: signatureSchema.parse(signed) }
    }
    expect(await authorize(life.world, await ask(), 'peer')).toEqual({ ok: true })
    expect((await revoke(life.world, answer.grantId)).status).toBe('revoked')
    expect(await authorize(life.world, await ask(), 'peer')).toEqual({ ok: false, reason: 'grant-revoked' })
  })
})
