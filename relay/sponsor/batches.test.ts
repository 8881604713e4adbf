import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { anchorKeyOf, readAnchor } from '../../shared/contracts/anchors.ts'
import { encodeSuspend } from '../../shared/contracts/authority.ts'
import { readProvenAnchor, readProvenGrantState } from '../../shared/contracts/batches.ts'
import { readGrantState } from '../../shared/contracts/grants.ts'
import { submit } from '../../shared/contracts/submit.ts'
import {
  newPatient,
  signTestAccess,
  signTestAnchor,
  signTestGrant,
  signTestRevocation,
} from '../../shared/contracts/test-ledger.ts'
import type { AcceptedAnchor } from '../../shared/protocol/anchor.ts'
import { sponsoredStatusSchema } from '../../shared/protocol/relay-api.ts'
import { relayLimits } from '../limits.ts'
import { randomCar } from '../testing/car.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import {
  movableClock,
  type RelayHere,
  signVoucher,
  sponsorAccount,
  startRelayHere,
} from '../testing/relay-here.ts'

const windowMs = 60_000
const jitterMs = 180_000

let net: TestNetwork
let relay: RelayHere
let { clock, moveMs } = movableClock()

beforeAll(async () => {
  net = await startTestNetwork()
})
beforeEach(async () => {
  const fresh = movableClock()
  clock = fresh.clock
  moveMs = fresh.moveMs
  relay = await startRelayHere(net, { batches: { mode: 'asked', windowMs, size: 100, jitterMs } }, clock)
  return () => relay.stop()
})
afterAll(() => net?.stop())

const post = async (act: unknown) =>
  (await relay.anonymous.call('POST /sponsor', act)).json(sponsoredStatusSchema)
const statusOf = async (id: string) =>
  (await relay.anonymous.call(`GET /sponsor/${id}`)).json(sponsoredStatusSchema)
const minedOf = async (id: string) => {
  await expect.poll(async () => (await statusOf(id)).status, { timeout: 10_000 }).toBe('mined')
  return statusOf(id)
}
const closeWindow = () => moveMs(windowMs + jitterMs)
const sentSoFar = () => net.ledger.ledger.client.getTransactionCount({ address: sponsorAccount.address })

async function grantToBatch() {
  const patient = newPatient()
  const scopeHash = `0x${randomBytes(32).toString('hex')}` as const
  const deadline = net.ledger.startedAt + 24 * 60 * 60
  const { id, ...signed } = await signTestGrant(net.ledger, patient, { scopeHash, deadline })
  const voucher = await signVoucher(net.ledger, net.ledger.lindqvist, patient.address)
  return { patient, id, signed, act: { kind: 'grant' as const, ...signed, voucher, batch: true } }
}

async function anchorToBatch(previous: AcceptedAnchor | null = null, patient = newPatient()) {
  const anchor = await signTestAnchor(net.ledger, patient, randomBytes(8).toString('hex'), {
    previous: previous?.anchor.commitment ?? null,
    deadline: net.ledger.startedAt + 24 * 60 * 60,
  })
  return { patient, anchor, act: { kind: 'anchor' as const, anchor, batch: true } }
}

/** The acceptance's deadline in these tests lies an hour ahead of the chain's start: as far as batches may wait. */
describe('batches', () => {
  it('bring many patients’ grants to the ledger under one root, each with its proof', async () => {
    const grants = await Promise.all(Array.from({ length: 6 }, grantToBatch))
    const before = await sentSoFar()
    for (const { act, id } of grants) {
      expect(await post(act)).toEqual({
        id,
        status: 'submitted',
        transactionHash: null,
        blockNumber: null,
        reason: null,
      })
    }
    closeWindow()
    const statuses = await Promise.all(grants.map(({ id }) => minedOf(id)))
    expect((await sentSoFar()) - before).toBe(1)
    expect(new Set(statuses.map(({ batch }) => batch?.root)).size).toBe(1)
    for (const [index, { signed }] of grants.entries()) {
      const batch = statuses[index]?.batch
      expect((await readProvenGrantState(net.ledger.ledger, { ...signed, batch })).grantedAt).toBeGreaterThan(
        0,
      )
      const others = grants[(index + 1) % grants.length]?.signed
      if (!others) throw new Error('no other')
      await expect(readProvenGrantState(net.ledger.ledger, { ...others, batch })).rejects.toMatchObject({
        reason: 'batch-unknown',
      })
    }
  })

  it('take anchors as well, and a next version that only a batch can bring', async () => {
    const [first, other] = [await anchorToBatch(), await anchorToBatch()]
    const ids = [(await post(first.act)).id, (await post(other.act)).id]
    closeWindow()
    const [firstStatus] = await Promise.all(ids.map(minedOf))
    const place = await readProvenAnchor(net.ledger.ledger, { ...first.anchor, batch: firstStatus?.batch })
    expect(place?.blockNumber).toBeGreaterThan(0)

    const next = await anchorToBatch(first.anchor, first.patient)
    const { batch: _, ...unasked } = next.act
    const refused = await relay.anonymous.call('POST /sponsor', {
      ...unasked,
      anchor: { ...next.anchor, signature: other.anchor.signature },
    })
    expect(refused.reason).toBe('signature-wrong')
    const { id } = await post(unasked)
    closeWindow()
    const { batch } = await minedOf(id)
    expect(await readProvenAnchor(net.ledger.ledger, { ...next.anchor, batch })).not.toBeNull()
    expect(await readAnchor(net.ledger.ledger, anchorKeyOf(next.anchor))).toBeNull()
  })

  it('are none for an act that is alone: it goes by itself', async () => {
    const { act, id, signed } = await grantToBatch()
    await post(act)
    closeWindow()
    expect((await minedOf(id)).batch).toBeUndefined()
    const state = await readGrantState(net.ledger.ledger, signed.grant.patient, id)
    expect(state.grantedAt).toBeGreaterThan(0)
  })

  it('are not waited for by an act whose deadline is near', async () => {
    const { patient, act } = await grantToBatch()
    const soon = Math.floor((clock() + relayLimits.batchMarginMs + windowMs + jitterMs) / 1_000)
    const { id, ...signed } = await signTestGrant(net.ledger, patient, { deadline: soon })
    await post({ ...act, ...signed })
    expect((await minedOf(id)).batch).toBeUndefined()
  })

  it('give a grant back that is wanted by itself, so that its reading can be noted', async () => {
    const grants = await Promise.all([grantToBatch(), grantToBatch()])
    for (const { act } of grants) await post(act)
    closeWindow()
    const [first] = grants
    const { batch } = await minedOf(first.id)
    const access = { kind: 'access', access: await signTestAccess(net.ledger, first.signed.grant) }
    expect(await post(access)).toMatchObject({ status: 'failed', reason: 'grant-unknown' })
    await post({ ...first.act, batch: false })
    expect((await minedOf(first.id)).batch).toEqual(batch)
    const state = await readGrantState(net.ledger.ledger, first.signed.grant.patient, first.id)
    expect(state.grantedAt).toBeGreaterThan(0)
    await post(access)
    await expect.poll(async () => (await post(access)).status).toBe('mined')
  })

  it('hold nothing back from a revocation, whenever it comes', async () => {
    const grants = await Promise.all([grantToBatch(), grantToBatch()])
    for (const { act } of grants) await post(act)
    const [early, late] = grants
    const revoke = async ({ patient, id, act }: typeof early) => {
      const revocation = await signTestRevocation(net.ledger, patient, id)
      const { voucher } = act
      await post({ kind: 'revocation', revocation, voucher })
      const revokedAt = async () => (await readGrantState(net.ledger.ledger, act.grant.patient, id)).revokedAt
      await expect.poll(revokedAt).toBeGreaterThan(0)
    }
    await revoke(early)
    closeWindow()
    await expect.poll(async () => (await statusOf(late.id)).status, { timeout: 10_000 }).toBe('mined')
    await revoke(late)
    // What was revoked while it waited never comes.
    expect((await statusOf(early.id)).status).toBe('failed')
    const { batch } = await statusOf(late.id)
    expect((await readProvenGrantState(net.ledger.ledger, { ...late.signed, batch })).revokedAt).not.toBe(0)
  })

  it('leave out what the ledger would refuse by then', async () => {
    const grants = await Promise.all([grantToBatch(), grantToBatch(), grantToBatch()])
    for (const { act } of grants) await post(act)
    const { ledger } = net
    const patient = newPatient()
    const clinic = await ledger.accredit('Gone Clinic', 'gone.example')
    const deadline = ledger.startedAt + 24 * 60 * 60
    const { id, ...signed } = await signTestGrant(ledger, patient, { grantee: clinic.id, deadline })
    const voucher = await signVoucher(ledger, ledger.lindqvist, patient.address)
    await post({ kind: 'grant', ...signed, voucher, batch: true })
    await submit(ledger.wallet, encodeSuspend(ledger.deployed, clinic.id))
    closeWindow()
    await Promise.all(grants.map((grant) => minedOf(grant.id)))
    expect(await statusOf(id)).toMatchObject({ status: 'failed', reason: 'organization-suspended' })
  })
})

describe('the gateway, of a batched grant', () => {
  it('opens for the proof that its owner has mapped, and for no other', async () => {
    const owner = await relay.newAccount()
    const clinic = await relay.as(net.ledger.lindqvist)
    const grants = await Promise.all([grantToBatch(), grantToBatch()])
    for (const { act } of grants) await post(act)
    closeWindow()
    const [first, second] = await Promise.all(
      grants.map(async (grant) => ({ ...grant, batch: (await minedOf(grant.id)).batch })),
    )
    if (!first || !second) throw new Error('no grants')
    const record = await randomCar(1, 1_000)
    await owner.pin(record)
    const root = record.root.toString()
    const map = (batch?: unknown) =>
      owner.call(`PUT /grants/${first.id}`, { grant: first.signed.grant, manifest: root, cids: [], batch })
    const read = () => clinic.call(`GET /ipfs/${root}?format=raw`, undefined, { 'carekey-grant': first.id })
    expect((await map()).status).toBe(204)
    expect((await read()).reason).toBe('grant-unknown')
    const { signature } = first.signed
    await map({ ...first.batch, signature: second.signed.signature })
    expect((await read()).reason).toBe('grant-unknown')
    await map({ root: first.batch?.root, proof: [`0x${'12'.repeat(32)}`], signature })
    expect((await read()).reason).toBe('grant-unknown')
    await map({ ...first.batch, signature })
    expect((await read()).status).toBe(200)
    const revocation = await signTestRevocation(net.ledger, first.patient, first.id)
    const { id } = await post({ kind: 'revocation', revocation, voucher: first.act.voucher })
    await minedOf(id)
    expect((await read()).reason).toBe('grant-revoked')
  })
})
