import { randomBytes } from 'node:crypto'
import { createTestClient, http } from 'viem'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeReinstate, encodeSuspend } from '../../shared/contracts/authority.ts'
import { encodeGrant } from '../../shared/contracts/calls.ts'
import { readGrantState } from '../../shared/contracts/grants.ts'
import { submit } from '../../shared/contracts/submit.ts'
import {
  newPatient,
  signTestAccess,
  signTestAnchor,
  signTestGrant,
  signTestRevocation,
} from '../../shared/contracts/test-ledger.ts'
import { sponsoredStatusSchema } from '../../shared/protocol/relay-api.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { type RelayHere, signVoucher, sponsorAccount, startRelayHere } from '../testing/relay-here.ts'

let net: TestNetwork
let relay: RelayHere

beforeAll(async () => {
  net = await startTestNetwork()
  relay = await startRelayHere(net)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

async function signedGrant() {
  const patient = newPatient()
  const { id, ...signed } = await signTestGrant(net.ledger, patient, {
    scopeHash: `0x${randomBytes(32).toString('hex')}`,
  })
  const voucher = await signVoucher(net.ledger, net.ledger.lindqvist, patient.address)
  return { patient, id, act: { kind: 'grant' as const, ...signed, voucher } }
}
const post = (act: unknown) => relay.anonymous.call('POST /sponsor', act)
const settled = async (act: unknown) => {
  const first = (await post(act)).json(sponsoredStatusSchema)
  await expect
    .poll(
      async () => (await relay.anonymous.call(`GET /sponsor/${first.id}`)).json(sponsoredStatusSchema).status,
      {
        timeout: 10_000,
      },
    )
    .not.toBe('submitted')
  return (await relay.anonymous.call(`GET /sponsor/${first.id}`)).json(sponsoredStatusSchema)
}
const sentSoFar = () => net.ledger.ledger.client.getTransactionCount({ address: sponsorAccount.address })

describe('the sponsor', () => {
  it('brings a grant, an access, a revocation and an anchor to the ledger', async () => {
    const { ledger } = net
    const { patient, id, act } = await signedGrant()
    const granted = await settled(act)
    expect(granted).toMatchObject({ id, status: 'mined', reason: null })
    expect((await readGrantState(ledger.ledger, act.grant.patient, id)).grantedAt).toBeGreaterThan(0)

    const access = await settled({ kind: 'access', access: await signTestAccess(ledger, act.grant) })
    expect(access.status).toBe('mined')
    const revocation = await signTestRevocation(ledger, patient, id)
    expect((await settled({ kind: 'revocation', revocation, voucher: act.voucher })).status).toBe('mined')
    expect((await readGrantState(ledger.ledger, act.grant.patient, id)).revokedAt).toBeGreaterThan(0)
    const anchor = await signTestAnchor(ledger, patient, randomBytes(8).toString('hex'))
    expect((await settled({ kind: 'anchor', anchor })).status).toBe('mined')

    const metrics = new TextDecoder().decode((await relay.anonymous.call('GET /metrics')).bytes)
    for (const kind of ['grant', 'access', 'revocation', 'anchor']) {
      expect(metrics).toContain(`carekey_sponsored_total{kind="${kind}",status="mined"} 1`)
    }
  })

  it('sends an act once, however often it is brought', async () => {
    const { act } = await signedGrant()
    const before = await sentSoFar()
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(act)))
    const hashes = new Set(answers.map((answer) => answer.json(sponsoredStatusSchema).id))
    expect(hashes.size).toBe(1)
    const status = await settled(act)
    expect(status.status).toBe('mined')
    expect((await sentSoFar()) - before).toBe(1)
  })

  it('sends many acts at once without losing or doubling one', async () => {
    const acts = await Promise.all(Array.from({ length: 40 }, () => signedGrant()))
    const before = await sentSoFar()
    const statuses = await Promise.all(acts.map(({ act }) => settled(act)))
    expect(new Set(statuses.map((status) => status.status))).toEqual(new Set(['mined']))
    expect((await sentSoFar()) - before).toBe(40)
  })

  it('tries first: what the ledger would refuse fails with its reason and sends nothing', async () => {
    const { ledger } = net
    const before = await sentSoFar()
    const wrong = await signedGrant()
    const { signature } = (await signedGrant()).act
    expect(await settled({ ...wrong.act, signature })).toMatchObject({
      status: 'failed',
      reason: 'signature-wrong',
    })
    // Mended, the same act goes through.
    expect((await settled(wrong.act)).status).toBe('mined')
    const elsewhere = await signedGrant()
    await submit(ledger.wallet, encodeGrant(ledger.deployed, elsewhere.act))
    expect(await settled(elsewhere.act)).toMatchObject({ status: 'failed', reason: 'grant-exists' })
    const access = await signTestAccess(ledger, (await signedGrant()).act.grant)
    expect(await settled({ kind: 'access', access })).toMatchObject({
      status: 'failed',
      reason: 'grant-unknown',
    })
    expect((await sentSoFar()) - before).toBe(1)
  })

  it("pays on a good voucher of the patient's only", async () => {
    const { ledger } = net
    const { act, patient, id } = await signedGrant()
    const others = await signVoucher(ledger, ledger.lindqvist, newPatient().address)
    expect((await post({ ...act, voucher: others })).reason).toBe('patient-mismatch')
    const forged = { ...act.voucher, organization: ledger.stBrigid.id }
    expect((await post({ ...act, voucher: forged })).reason).toBe('signature-wrong')
    const stale = await signVoucher(ledger, ledger.lindqvist, patient.address, ledger.startedAt - 1)
    expect((await post({ ...act, voucher: stale })).reason).toBe('deadline-passed')
    expect((await post({ ...act, voucher: undefined })).reason).toBe('params-invalid')
    const revocation = await signTestRevocation(ledger, patient, id)
    expect((await post({ kind: 'revocation', revocation, voucher: others })).reason).toBe('patient-mismatch')
    await submit(ledger.wallet, encodeSuspend(ledger.deployed, ledger.lindqvist.id))
    expect((await post(act)).reason).toBe('organization-suspended')
    await submit(ledger.wallet, encodeReinstate(ledger.deployed, ledger.lindqvist.id))
    expect((await relay.anonymous.call(`GET /sponsor/${id}`)).reason).toBe('not-found')
  })
})

describe('a reorganization of the ledger', () => {
  const depth = 3
  const chain = () => createTestClient({ chain: foundry, mode: 'anvil', transport: http(net.ledger.rpcUrl) })
  const mine = (blocks: number) => chain().mine({ blocks })
  const reorganize = () =>
    chain().request<{ Method: 'anvil_reorg'; Parameters: [number, []]; ReturnType: null }>({
      method: 'anvil_reorg',
      params: [depth, []],
    })
  const statusAt = async (at: RelayHere, id: string) =>
    (await at.anonymous.call(`GET /sponsor/${id}`)).json(sponsoredStatusSchema)
  const grantedAt = async ({ act, id }: Awaited<ReturnType<typeof signedGrant>>) =>
    (await readGrantState(net.ledger.ledger, act.grant.patient, id)).grantedAt

  it('is noticed until an act is final, and the same transaction is sent again', async () => {
    const confirmations = depth + 2
    const careful = await startRelayHere(net, { network: { ...net.network, confirmations } })
    try {
      // What other tests have sent must outlast the reorganization.
      await mine(depth)
      const granted = await signedGrant()
      const first = (await careful.anonymous.call('POST /sponsor', granted.act)).json(sponsoredStatusSchema)
      await expect.poll(async () => (await statusAt(careful, granted.id)).blockNumber).not.toBeNull()
      const before = await statusAt(careful, granted.id)
      expect(before).toMatchObject({ status: 'submitted', transactionHash: first.transactionHash })
      await mine(depth - 1)
      await reorganize()
      expect(await grantedAt(granted)).toBe(0)

      await expect.poll(() => grantedAt(granted), { timeout: 5_000 }).toBeGreaterThan(0)
      await expect
        .poll(async () => (await statusAt(careful, granted.id)).blockNumber)
        .toBeGreaterThan(before.blockNumber ?? Number.POSITIVE_INFINITY)
      expect(await statusAt(careful, granted.id)).toMatchObject({
        status: 'submitted',
        transactionHash: first.transactionHash,
      })
      await mine(confirmations)
      await expect.poll(async () => (await statusAt(careful, granted.id)).status).toBe('mined')
      expect((await statusAt(careful, granted.id)).transactionHash).toBe(first.transactionHash)
    } finally {
      await careful.stop()
    }
  })

  it('that takes a final act is noticed when the act is brought again', async () => {
    await mine(depth)
    const granted = await signedGrant()
    const first = await settled(granted.act)
    expect(first.status).toBe('mined')
    await mine(depth - 1)
    await reorganize()
    expect(await grantedAt(granted)).toBe(0)

    expect((await settled(granted.act)).status).toBe('mined')
    expect(await grantedAt(granted)).toBeGreaterThan(0)
    expect((await statusAt(relay, granted.id)).transactionHash).toBe(first.transactionHash)
  })

  it('that takes a final act leaves none stuck that waits behind it', async () => {
    const careful = await startRelayHere(net, { network: { ...net.network, confirmations: 1 } })
    try {
      await mine(depth)
      const [final, waiting] = [await signedGrant(), await signedGrant()]
      await careful.anonymous.call('POST /sponsor', final.act)
      await mine(1)
      await expect.poll(async () => (await statusAt(careful, final.id)).status).toBe('mined')
      await careful.anonymous.call('POST /sponsor', waiting.act)
      await expect.poll(async () => (await statusAt(careful, waiting.id)).blockNumber).not.toBeNull()
      await reorganize()
      await expect.poll(() => grantedAt(waiting), { timeout: 5_000 }).toBeGreaterThan(0)
      expect(await grantedAt(final)).toBeGreaterThan(0)
      await mine(1)
      for (const { id } of [final, waiting]) {
        await expect.poll(async () => (await statusAt(careful, id)).status).toBe('mined')
      }
    } finally {
      await careful.stop()
    }
  })

  it('is noticed also when another act has taken the nonce', async () => {
    await mine(depth)
    const [lost, other] = [await signedGrant(), await signedGrant()]
    expect((await settled(lost.act)).status).toBe('mined')
    await mine(depth - 1)
    await reorganize()
    expect((await settled(other.act)).status).toBe('mined')
    expect(await grantedAt(lost)).toBe(0)
    expect((await settled(lost.act)).status).toBe('mined')
    expect(await grantedAt(lost)).toBeGreaterThan(0)
    expect(await grantedAt(other)).toBeGreaterThan(0)
  })
})
