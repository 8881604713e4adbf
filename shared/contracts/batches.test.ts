import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  anchorLeafOf,
  batchOf,
  encodeAnchorBatch,
  encodeGrantBatch,
  grantLeafOf,
  readBatchedAnchor,
  readBatchedGrantState,
} from './batches.ts'
import { encodeGrant, encodeRevocation, simulate } from './calls.ts'
import { grantRefusal } from './grants.ts'
import { submit } from './submit.ts'
import {
  newPatient,
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

it('proves each of seven grants by itself, and one revoked leaves the others alone', async () => {
  const patients = Array.from({ length: 7 }, newPatient)
  const signed = await Promise.all(patients.map((patient) => signTestGrant(world, patient)))
  const { root, inclusions } = batchOf(signed.map((grant) => grantLeafOf(world.deployed, grant)))
  await submit(world.wallet, encodeGrantBatch(world.deployed, root))
  const [patient] = patients
  const [first] = signed
  if (!patient || !first) throw new Error('There are seven.')
  await submit(
    world.wallet,
    encodeRevocation(world.deployed, await signTestRevocation(world, patient, first.id)),
  )
  const refusals = await Promise.all(
    signed.map(async (grant, index) =>
      grantRefusal(
        await readBatchedGrantState(world.ledger, grant, inclusions[index] ?? { root, proof: [] }),
        world.startedAt,
      ),
    ),
  )
  expect(refusals).toEqual(['grant-revoked', ...Array.from({ length: 6 }, () => null)])
})

it('refuses a grant with another’s proof, a root that nobody posted, and the same root twice', async () => {
  const signed = await Promise.all([newPatient(), newPatient()].map((p) => signTestGrant(world, p)))
  const { root, inclusions } = batchOf(signed.map((grant) => grantLeafOf(world.deployed, grant)))
  const [first, second] = signed
  const [, other] = inclusions
  if (!first || !second || !other) throw new Error('There are two.')
  await expect(readBatchedGrantState(world.ledger, second, other)).rejects.toMatchObject({
    reason: 'batch-unknown',
  })
  const call = encodeGrantBatch(world.deployed, root)
  await submit(world.wallet, call)
  await expect(readBatchedGrantState(world.ledger, first, other)).rejects.toMatchObject({
    reason: 'batch-unknown',
    data: { error: 'NotIncluded' },
  })
  const refusal = await simulate(world.ledger, call, world.wallet.account.address)
  expect(refusal?.reason).toBe('batch-exists')
})

it('leaves a batched grant free to be submitted by itself as well', async () => {
  const signed = await signTestGrant(world, newPatient())
  const { root } = batchOf([grantLeafOf(world.deployed, signed)])
  await submit(world.wallet, encodeGrantBatch(world.deployed, root))
  await submit(world.wallet, encodeGrant(world.deployed, signed))
  const state = await readBatchedGrantState(world.ledger, signed, { root, proof: [] })
  expect(grantRefusal(state, world.startedAt)).toBeNull()
})

it('proves each anchor of a batch', async () => {
  const accepted = await Promise.all(
    ['one', 'two', 'three'].map((statement) => signTestAnchor(world, newPatient(), statement)),
  )
  const { root, inclusions } = batchOf(accepted.map((anchor) => anchorLeafOf(world.deployed, anchor)))
  const { blockNumber } = await submit(world.wallet, encodeAnchorBatch(world.deployed, root))
  for (const [index, anchor] of accepted.entries()) {
    const place = await readBatchedAnchor(world.ledger, anchor, inclusions[index] ?? { root, proof: [] })
    expect(place).toMatchObject({ blockNumber: Number(blockNumber) })
  }
})

it('says so where a ledger has no batches', async () => {
  const { accreditation, consents, records } = world.deployed.contracts
  const old = { chainId: world.deployed.chainId, contracts: { accreditation, consents, records } }
  expect(() => encodeGrantBatch(old, `0x${'1'.repeat(64)}`)).toThrow(
    expect.objectContaining({ reason: 'not-found' }),
  )
})
