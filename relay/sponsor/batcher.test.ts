import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PublicClient } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeGrantBatch, readProvenGrantState } from '../../shared/contracts/batches.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { newPatient, signTestGrant } from '../../shared/contracts/test-ledger.ts'
import type { SignedGrant } from '../../shared/protocol/grant.ts'
import { NO_HASH } from '../../shared/protocol/ids.ts'
import { silentLog } from '../log.ts'
import { Metrics } from '../metrics.ts'
import { SqliteDatabase } from '../storage/sqlite.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { signVoucher, sponsorAccount } from '../testing/relay-here.ts'
import { describeAct } from './acts.ts'
import { type BatchSettings, batchItemOf } from './batch-item.ts'
import { Batcher } from './batcher.ts'
import { LedgerOfActs } from './ledger-of-acts.ts'
import { Sender } from './sender.ts'

const minuteMs = 60_000
const settings: BatchSettings = { mode: 'always', windowMs: minuteMs, size: 100, jitterMs: 0 }

let net: TestNetwork
let dir: string
let nowMs: number

beforeAll(async () => {
  net = await startTestNetwork()
})
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'carekey-batches-'))
  nowMs = Date.now()
  return () => rmSync(dir, { recursive: true, force: true })
})
afterAll(() => net?.stop())

/** The sponsor's rooms over the same disk: another one is what a new process would be. */
function life(changes: Partial<BatchSettings> = {}, client: PublicClient = net.ledger.ledger.client) {
  const db = SqliteDatabase.open(join(dir, 'relay.db'))
  const clock = () => nowMs
  const acts = new LedgerOfActs(db, clock, new Metrics())
  const ledger = { ...net.ledger.ledger, client }
  const account = sponsorAccount
  const sender = new Sender({ acts, account, ledger, confirmations: 0, clock, log: silentLog })
  const batches = { ...settings, ...changes }
  const batcher = new Batcher({
    db,
    acts,
    ledger: net.ledger.ledger,
    payer: account.address,
    settings: batches,
    clock,
    log: silentLog,
    kick: () => undefined,
  })
  const accept = async ({ signed, voucher }: Awaited<ReturnType<typeof grant>>) => {
    const act = { kind: 'grant' as const, ...signed, voucher }
    const item = batchItemOf(net.ledger.deployed, act, batches, nowMs)
    await acts.accept(describeAct(net.ledger.deployed, act), item && { ...item, batchOnly: false })
  }
  const die = async () => {
    await Promise.all([sender.stop(), batcher.stop()])
    await db.close()
  }
  return { db, acts, sender, batcher, accept, die }
}

async function grant() {
  const patient = newPatient()
  const scopeHash = `0x${randomBytes(32).toString('hex')}` as const
  const deadline = net.ledger.startedAt + 24 * 60 * 60
  const { id, ...signed } = await signTestGrant(net.ledger, patient, { scopeHash, deadline })
  const voucher = await signVoucher(net.ledger, net.ledger.lindqvist, patient.address)
  return { id, signed, voucher }
}

const sentSoFar = () => net.ledger.ledger.client.getTransactionCount({ address: sponsorAccount.address })
const cutOff = () =>
  Object.assign(Object.create(net.ledger.ledger.client) as PublicClient, {
    sendRawTransaction: () => Promise.reject(new Error('cut')),
  })
const isGranted = async (signed: SignedGrant, acts: LedgerOfActs, id: `0x${string}`) => {
  const batch = (await acts.status(id))?.batch
  return (await readProvenGrantState(net.ledger.ledger, { ...signed, batch })).grantedAt > 0
}

describe('a sponsor that dies', () => {
  it('after it collected, after it closed the batch, and after it signed brings each act once, with its proof', async () => {
    const grants = await Promise.all(Array.from({ length: 5 }, grant))
    const before = await sentSoFar()
    const collecting = life()
    for (const one of grants) await collecting.accept(one)
    await collecting.die()

    const closing = life()
    nowMs += minuteMs
    await closing.batcher.tick()
    const [first] = grants
    if (!first) throw new Error('no grant')
    const proof = (await closing.acts.status(first.id))?.batch
    expect(proof?.proof.length).toBeGreaterThan(0)
    await closing.die()

    const signing = life({}, cutOff())
    await signing.sender.kick()
    const signed = await signing.acts.status(first.id)
    expect(signed).toMatchObject({ status: 'submitted', blockNumber: null, batch: proof })
    await signing.die()

    const sending = life()
    await sending.sender.kick()
    await expect.poll(async () => (await sending.acts.status(first.id))?.status).toBe('mined')
    expect((await sending.acts.status(first.id))?.transactionHash).toBe(signed?.transactionHash)
    for (const { id, signed: one } of grants) expect(await isGranted(one, sending.acts, id)).toBe(true)
    expect((await sentSoFar()) - before).toBe(1)
    await sending.die()
  })
})

describe('a batch', () => {
  it('counts though somebody else has posted its root first', async () => {
    const here = life()
    const grants = await Promise.all([grant(), grant()])
    for (const one of grants) await here.accept(one)
    nowMs += minuteMs
    await here.batcher.tick()
    const batch = (await here.acts.status(grants[0].id))?.batch
    if (!batch) throw new Error('no batch')
    await submit(net.ledger.wallet, encodeGrantBatch(net.ledger.deployed, batch.root))
    await here.sender.kick()
    for (const { id, signed } of grants) {
      expect(await here.acts.status(id)).toMatchObject({ status: 'mined', batch: { root: batch.root } })
      expect(await isGranted(signed, here.acts, id)).toBe(true)
    }
    await here.die()
  })

  it('that fails lets its members go by themselves', async () => {
    const here = life()
    const grants = await Promise.all([grant(), grant()])
    for (const one of grants) await here.accept(one)
    nowMs += minuteMs
    await here.batcher.tick()
    const root = await here.acts.nextQueued()
    expect(root).toMatchObject({ subject: NO_HASH, kind: 'grant-batch' })
    if (root) await here.acts.failed(root, 'ledger-refused')
    await here.sender.kick()
    for (const { id } of grants) {
      const status = await here.acts.status(id)
      expect(status).toMatchObject({ status: 'mined' })
      expect(status?.batch).toBeUndefined()
    }
    await here.die()
  })

  it('that does not come before an act’s deadline is not waited for', async () => {
    const here = life({}, cutOff())
    const grants = await Promise.all([grant(), grant()])
    for (const one of grants) await here.accept(one)
    nowMs += minuteMs
    await here.batcher.tick()
    expect((await here.acts.status(grants[0].id))?.batch).toBeDefined()
    nowMs = (net.ledger.startedAt + 24 * 60 * 60) * 1_000 - minuteMs
    await here.batcher.tick()
    const kinds = await here.db.all<{ kind: string }>(`SELECT kind FROM acts WHERE status = 'queued'`)
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(['grant', 'grant', 'grant-batch'])
    await here.die()
  })
})

describe('privacy: acts of one person', () => {
  it('that come together lie no more often in one batch than acts of strangers do', async () => {
    const windows = 8
    const here = life({ jitterMs: windows * minuteMs })
    const people = 60
    const [template, voucher] = await Promise.all([grant(), grant().then((one) => one.voucher)])
    const root = new Map<string, string>()
    const idOf = (person: number, act: number) =>
      `0x${(person * 2 + act + 1).toString(16).padStart(64, '0')}` as const
    const described = describeAct(net.ledger.deployed, { kind: 'grant', ...template.signed, voucher })
    for (let person = 0; person < people; person += 1) {
      for (const act of [0, 1]) {
        const digest = idOf(person, act)
        const item = batchItemOf(
          net.ledger.deployed,
          { kind: 'grant', ...template.signed, voucher },
          { ...settings, jitterMs: windows * minuteMs },
          nowMs,
        )
        if (!item) throw new Error('no item')
        const subject = `0x${randomBytes(20).toString('hex')}` as const
        await here.acts.accept({ ...described, digest, subject }, { ...item, leaf: digest, batchOnly: false })
      }
    }
    for (let window = 0; window <= windows; window += 1) {
      nowMs += minuteMs
      await here.batcher.tick()
    }
    const items = await here.db.all<{ digest: string; root: string }>('SELECT digest, root FROM batch_items')
    expect(items).toHaveLength(people * 2)
    for (const item of items) root.set(item.digest, item.root)
    const together = Array.from({ length: people }, (_, person) => person).filter(
      (person) => root.get(idOf(person, 0)) === root.get(idOf(person, 1)),
    ).length
    // One in eight by chance: 7.5 of 60. More than half would come by chance less than once in 10^14 runs.
    expect(together).toBeLessThan(people / 2)
    expect(new Set(root.values()).size).toBeGreaterThanOrEqual(windows - 2)
    await here.die()
  })
})
