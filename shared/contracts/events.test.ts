import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWalletClient, http, RpcRequestError } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { pseudonymSchema } from '../protocol/ids.ts'
import { anchorKeyOf, readAnchor } from './anchors.ts'
import { startAnvil } from './anvil.ts'
import { encodeAccess, encodeAnchor, encodeGrant, encodeRevocation } from './calls.ts'
import { deployContracts } from './deploy.ts'
import { readAuditTrail, readGranted } from './events.ts'
import { grantRefusal, isGrantActive, readGrantState } from './grants.ts'
import { openLedger, readHead } from './ledger.ts'
import { submit } from './submit.ts'
import {
  newPatient,
  signTestAccess,
  signTestAnchor,
  signTestGrant,
  signTestRevocation,
  startTestLedger,
  type TestLedger,
} from './test-ledger.ts'

let world: TestLedger
beforeAll(async () => {
  world = await startTestLedger()
})
afterAll(() => world.stop())

/** One patient's story on the ledger: a record, a grant, an access, a revocation. */
async function liveThrough() {
  const { wallet, deployed } = world
  const patient = newPatient()
  const anchor = await signTestAnchor(world, patient, `record of ${patient.address}`)
  const signed = await signTestGrant(world, patient)
  const access = await signTestAccess(world, signed.grant)
  const revocation = await signTestRevocation(world, patient, signed.id)
  await submit(wallet, encodeAnchor(deployed, anchor))
  await submit(wallet, encodeGrant(deployed, signed))
  await submit(wallet, encodeAccess(deployed, access))
  await submit(wallet, encodeRevocation(deployed, revocation))
  return { pseudonym: pseudonymSchema.parse(patient.address), anchor, signed, access }
}

it('tells one pseudonym’s whole story in order, with the time of each block, and nobody else’s', async () => {
  await liveThrough()
  const { pseudonym, anchor, signed, access } = await liveThrough()
  const trail = await readAuditTrail(world.ledger, pseudonym)
  expect(trail).toMatchObject([
    { kind: 'anchored', commitment: anchor.anchor.commitment, author: anchor.author, previous: null },
    {
      kind: 'granted',
      grant: signed.id,
      grantee: world.lindqvist.id,
      purpose: 'TREAT',
      notBefore: signed.grant.notBefore,
      notAfter: signed.grant.notAfter,
      scopeHash: signed.grant.scopeHash,
    },
    { kind: 'accessed', grant: signed.id, grantee: world.lindqvist.id, accessHash: access.accessHash },
    { kind: 'revoked', grant: signed.id },
  ])
  for (const event of trail) {
    const block = await world.ledger.client.getBlock({ blockNumber: BigInt(event.blockNumber) })
    expect(event.timestamp).toBe(Number(block.timestamp))
  }
  const place = await readAnchor(world.ledger, anchorKeyOf(anchor))
  expect(place).toEqual({ blockNumber: trail[0]?.blockNumber, timestamp: trail[0]?.timestamp })
})

it('keeps to a range of blocks', async () => {
  const { pseudonym } = await liveThrough()
  const [, granted, accessed] = await readAuditTrail(world.ledger, pseudonym)
  const range = { fromBlock: granted?.blockNumber ?? 0, toBlock: accessed?.blockNumber ?? 0 }
  const trail = await readAuditTrail(world.ledger, pseudonym, range)
  expect(trail.map(({ kind }) => kind)).toEqual(['granted', 'accessed'])
})

it('halves a range that the node refuses', async () => {
  const { pseudonym, signed } = await liveThrough()
  const ledger = openLedger({ ...world.deployed, rpcUrl: world.rpcUrl })
  const original = ledger.client.getContractEvents
  let refused = 0
  const spy = vi.spyOn(ledger.client, 'getContractEvents').mockImplementation((parameters) => {
    const { fromBlock, toBlock } = parameters
    if (typeof fromBlock === 'bigint' && typeof toBlock === 'bigint' && toBlock - fromBlock >= 3n) {
      refused++
      const error = { code: -32_005, message: 'query returned more than 3 blocks' }
      throw new RpcRequestError({ body: {}, error, url: world.rpcUrl })
    }
    return original(parameters)
  })
  const granted = await readGranted(ledger, pseudonym)
  spy.mockRestore()
  expect(granted.map(({ grant }) => grant)).toEqual([signed.id])
  expect(refused).toBeGreaterThan(1)
})

it('answers null for a record that nobody anchored, or another subject or author did', async () => {
  const nowhere = await signTestAnchor(world, newPatient(), 'nowhere')
  expect(await readAnchor(world.ledger, anchorKeyOf(nowhere))).toBeNull()
  const accepted = await signTestAnchor(world, newPatient(), 'somewhere')
  await submit(world.wallet, encodeAnchor(world.deployed, accepted))
  const key = anchorKeyOf(accepted)
  expect(await readAnchor(world.ledger, key)).not.toBeNull()
  const subject = pseudonymSchema.parse(newPatient().address)
  for (const other of [
    { subject },
    { author: world.lindqvist.id },
    { commitment: nowhere.anchor.commitment },
  ]) {
    expect(await readAnchor(world.ledger, { ...key, ...other })).toBeNull()
  }
})

it('follows a grant from unknown over active to revoked', async () => {
  const { ledger, wallet, deployed, startedAt } = world
  const patient = newPatient()
  const pseudonym = pseudonymSchema.parse(patient.address)
  const signed = await signTestGrant(world, patient)
  const state = () => readGrantState(ledger, pseudonym, signed.id)
  expect(grantRefusal(await state(), startedAt)).toBe('grant-unknown')
  await submit(wallet, encodeGrant(deployed, signed))
  expect(await state()).toMatchObject({
    notBefore: signed.grant.notBefore,
    notAfter: signed.grant.notAfter,
    revokedAt: 0,
  })
  expect(grantRefusal(await state(), startedAt)).toBeNull()
  expect(grantRefusal(await state(), signed.grant.notBefore - 1)).toBe('grant-not-started')
  expect(grantRefusal(await state(), signed.grant.notAfter)).toBe('grant-expired')
  expect(await isGrantActive(ledger, pseudonym, signed.id)).toBe(true)
  await submit(wallet, encodeRevocation(deployed, await signTestRevocation(world, patient, signed.id)))
  expect(grantRefusal(await state(), startedAt)).toBe('grant-revoked')
  expect(await isGrantActive(ledger, pseudonym, signed.id)).toBe(false)
})

it('lets a grant run out by itself', async ({ skip }) => {
  skip(!world.canPassTime, 'This ledger’s clock is its own.')
  const own = await startTestLedger()
  try {
    const patient = newPatient()
    const signed = await signTestGrant(own, patient)
    await submit(own.wallet, encodeGrant(own.deployed, signed))
    const active = () => isGrantActive(own.ledger, pseudonymSchema.parse(patient.address), signed.id)
    expect(await active()).toBe(true)
    await own.passTime(signed.grant.notAfter - own.startedAt)
    expect(await active()).toBe(false)
    const late = encodeAccess(own.deployed, await signTestAccess(own, signed.grant))
    await expect(submit(own.wallet, late)).rejects.toMatchObject({ reason: 'grant-expired' })
  } finally {
    await own.stop()
  }
})

it('finds everything again after the embedded ledger was stopped and started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carekey-ledger-'))
  const stateFile = join(folder, 'state.json')
  const key = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
  try {
    const before = await startAnvil({ stateFile, blockIntervalSeconds: 1 })
    const wallet = createWalletClient({
      account: privateKeyToAccount(key),
      chain: foundry,
      transport: http(before.rpcUrl),
    })
    const deployed = await deployContracts(wallet, { registrars: [] })
    const patient = newPatient()
    const revocation = await signTestRevocation(
      { ...world, deployed },
      patient,
      (await signTestGrant({ ...world, deployed }, patient)).id,
    )
    await submit(wallet, encodeRevocation(deployed, revocation))
    const pseudonym = pseudonymSchema.parse(patient.address)
    const trail = await readAuditTrail(openLedger({ ...deployed, rpcUrl: before.rpcUrl }), pseudonym)
    expect(trail).toHaveLength(1)
    await before.stop()

    const after = await startAnvil({ stateFile, blockIntervalSeconds: 1 })
    const ledger = openLedger({ ...deployed, rpcUrl: after.rpcUrl })
    expect(await readAuditTrail(ledger, pseudonym)).toEqual(trail)
    const { blockNumber } = await readHead(ledger)
    await vi.waitFor(async () => expect((await readHead(ledger)).blockNumber).toBeGreaterThan(blockNumber), {
      timeout: 5_000,
    })
    await after.stop()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
