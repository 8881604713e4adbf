import { randomBytes } from 'node:crypto'
import {
  createTestClient,
  createWalletClient,
  http,
  type PublicClient,
  parseGwei,
  TransactionReceiptNotFoundError,
} from 'viem'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGrantState } from '../../shared/contracts/grants.ts'
import { newPatient, signTestGrant } from '../../shared/contracts/test-ledger.ts'
import { relayLimits } from '../limits.ts'
import { silentLog } from '../log.ts'
import { Metrics } from '../metrics.ts'
import { SqliteDatabase } from '../storage/sqlite.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { signVoucher, sponsorAccount } from '../testing/relay-here.ts'
import { describeAct } from './acts.ts'
import { LedgerOfActs } from './ledger-of-acts.ts'
import { Sender } from './sender.ts'

let net: TestNetwork

beforeAll(async () => {
  net = await startTestNetwork()
})
afterAll(() => net?.stop())

async function signedGrant() {
  const patient = newPatient()
  const { id, ...signed } = await signTestGrant(net.ledger, patient, {
    scopeHash: `0x${randomBytes(32).toString('hex')}`,
  })
  const voucher = await signVoucher(net.ledger, net.ledger.lindqvist, patient.address)
  return { patient, id, act: { kind: 'grant' as const, ...signed, voucher } }
}
const sentSoFar = () => net.ledger.ledger.client.getTransactionCount({ address: sponsorAccount.address })

describe('the queue', () => {
  const newQueue = (clock = Date.now) => {
    const db = SqliteDatabase.open(':memory:')
    const acts = new LedgerOfActs(db, clock, new Metrics())
    const sender = (client: PublicClient) =>
      new Sender({
        acts,
        account: sponsorAccount,
        ledger: { ...net.ledger.ledger, client },
        confirmations: 0,
        clock,
        log: silentLog,
      })
    return { acts, sender }
  }

  it('forgets after a day what it has refused, and nothing else', async () => {
    let nowMs = Date.now()
    const { acts } = newQueue(() => nowMs)
    const [refused, accepted] = await Promise.all([signedGrant(), signedGrant()])
    await acts.refuse(describeAct(net.ledger.deployed, refused.act), 'signature-wrong')
    await acts.accept(describeAct(net.ledger.deployed, accepted.act))
    await acts.sweep()
    expect((await acts.status(refused.id))?.status).toBe('failed')
    nowMs += relayLimits.sponsorFailedTtlMs
    await acts.sweep()
    expect(await acts.status(refused.id)).toBeNull()
    expect((await acts.status(accepted.id))?.status).toBe('submitted')
  })

  it('keeps no more refused acts than it may', async () => {
    let nowMs = Date.now()
    const { acts } = newQueue(() => nowMs++)
    const described = describeAct(net.ledger.deployed, (await signedGrant()).act)
    const digestOf = (index: number) => `0x${index.toString(16).padStart(64, '0')}` as const
    const count = relayLimits.sponsorFailedMax + 2
    for (let index = 0; index < count; index += 1) {
      await acts.refuse({ ...described, digest: digestOf(index) }, 'signature-wrong')
    }
    await acts.sweep()
    expect(await acts.status(digestOf(0))).toBeNull()
    expect((await acts.status(digestOf(count - 1)))?.status).toBe('failed')
  })

  it('sends after a crash the very transaction that it had signed before', async () => {
    const { client } = net.ledger.ledger
    const { acts, sender } = newQueue()
    const { act, id } = await signedGrant()
    const described = describeAct(net.ledger.deployed, act)
    await acts.accept(described)
    // Ends between signing and sending: the node is never asked.
    const cut = Object.assign(Object.create(client) as PublicClient, {
      sendRawTransaction: () => Promise.reject(new Error('cut')),
    })
    const before = sender(cut)
    await before.kick()
    await before.stop()
    const signed = await acts.status(id, described.subject)
    expect(signed).toMatchObject({ status: 'submitted', blockNumber: null })
    expect((await readGrantState(net.ledger.ledger, act.grant.patient, id)).grantedAt).toBe(0)

    const after = sender(client)
    await after.kick()
    await expect.poll(async () => (await acts.status(id, described.subject))?.status).toBe('mined')
    await after.stop()
    expect((await acts.status(id, described.subject))?.transactionHash).toBe(signed?.transactionHash)
  })

  it('gives an act a new nonce when another transaction took its own', async () => {
    const { client } = net.ledger.ledger
    const { acts, sender } = newQueue()
    const { act, id } = await signedGrant()
    const described = describeAct(net.ledger.deployed, act)
    await acts.accept(described)
    const cut = Object.assign(Object.create(client) as PublicClient, {
      sendRawTransaction: () => Promise.reject(new Error('cut')),
    })
    const before = sender(cut)
    await before.kick()
    await before.stop()
    const signed = await acts.status(id, described.subject)
    await client.waitForTransactionReceipt({
      hash: await createWalletClient({
        account: sponsorAccount,
        chain: foundry,
        transport: http(net.ledger.rpcUrl),
      }).sendTransaction({ to: sponsorAccount.address }),
    })

    const after = sender(client)
    await after.kick()
    await after.kick()
    await after.stop()
    const mined = await acts.status(id, described.subject)
    expect(mined?.status).toBe('mined')
    expect(mined?.transactionHash).not.toBe(signed?.transactionHash)
  })

  it('outbids a transaction that is stuck when fees rise, under its nonce, and is mined once', async () => {
    const { client } = net.ledger.ledger
    const chain = createTestClient({ chain: foundry, mode: 'anvil', transport: http(net.ledger.rpcUrl) })
    let nowMs = Date.now()
    const { acts, sender } = newQueue(() => nowMs)
    const { act, id } = await signedGrant()
    const described = describeAct(net.ledger.deployed, act)
    const before = await sentSoFar()
    await chain.setAutomine(false)
    try {
      await acts.accept(described)
      const sponsor = sender(client)
      await sponsor.kick()
      const stuck = await acts.status(id, described.subject)
      expect(stuck).toMatchObject({ status: 'submitted', blockNumber: null })
      await chain.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('500') })
      await chain.mine({ blocks: 1 })
      await sponsor.kick()
      expect(await acts.status(id, described.subject)).toEqual(stuck)
      nowMs += relayLimits.sponsorReplaceMs
      await sponsor.kick()
      const bidding = await acts.status(id, described.subject)
      expect(bidding?.transactionHash).not.toBe(stuck?.transactionHash)
      await chain.mine({ blocks: 1 })
      await sponsor.kick()
      await sponsor.stop()
      expect(await acts.status(id, described.subject)).toMatchObject({
        status: 'mined',
        transactionHash: bidding?.transactionHash,
      })
    } finally {
      await chain.setAutomine(true)
      await chain.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('1') })
      await chain.mine({ blocks: 1 })
    }
    expect((await sentSoFar()) - before).toBe(1)
  })

  it('finds the act mined by the transaction that it has replaced', async () => {
    const { client } = net.ledger.ledger
    let nowMs = Date.now()
    const { acts, sender } = newQueue(() => nowMs)
    const { act, id } = await signedGrant()
    const described = describeAct(net.ledger.deployed, act)
    await acts.accept(described)
    // The first leaves and is mined, and its receipt is not found; the second never leaves.
    let deaf = true
    const slow = Object.assign(Object.create(client) as PublicClient, {
      getTransactionReceipt: (query: { hash: `0x${string}` }) =>
        deaf
          ? Promise.reject(new TransactionReceiptNotFoundError(query))
          : client.getTransactionReceipt(query),
      getTransactionCount: async (query: Parameters<PublicClient['getTransactionCount']>[0]) =>
        (await client.getTransactionCount(query)) - (deaf ? 1 : 0),
    })
    const sponsor = sender(client)
    await sponsor.kick()
    await sponsor.stop()
    const first = await acts.status(id, described.subject)
    expect(first?.status).toBe('mined')
    await acts.reopen({
      digest: described.digest,
      subject: described.subject,
      block_number: 0,
      block_hash: null,
    })
    nowMs += relayLimits.sponsorReplaceMs
    const late = sender(slow)
    await late.kick()
    expect((await acts.status(id, described.subject))?.transactionHash).not.toBe(first?.transactionHash)
    deaf = false
    await late.kick()
    await late.stop()
    expect(await acts.status(id, described.subject)).toMatchObject({
      status: 'mined',
      transactionHash: first?.transactionHash,
    })
  })

  it('stops at the day’s budget exactly, and keeps revocations apart', async () => {
    const { acts } = newQueue()
    const { act } = await signedGrant()
    const described = describeAct(net.ledger.deployed, act)
    const fresh = () => ({ ...described, digest: `0x${randomBytes(32).toString('hex')}` as const })
    for (let count = 0; count < relayLimits.sponsoredPerDay.act.signer; count += 1) await acts.accept(fresh())
    await expect(acts.accept(fresh())).rejects.toMatchObject({ reason: 'budget-spent' })
    await acts.accept({ ...fresh(), kind: 'revocation' })
  })

  it('keeps two patients’ acts apart that have one digest', async () => {
    const { acts } = newQueue()
    const { act } = await signedGrant()
    const mine = describeAct(net.ledger.deployed, act)
    const theirs = { ...mine, subject: newPatient().address.toLowerCase() as `0x${string}` }
    await acts.refuse(theirs, 'signature-wrong')
    await acts.accept(mine)
    expect((await acts.status(mine.digest, mine.subject))?.status).toBe('submitted')
    expect((await acts.status(mine.digest))?.status).toBe('submitted')
  })
})
