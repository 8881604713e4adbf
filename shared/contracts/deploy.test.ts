import { afterAll, beforeAll, expect, it } from 'vitest'
import { deployContracts } from './deploy.ts'
import { accreditationAbi } from './generated/accreditation.ts'
import { consentsAbi } from './generated/consents.ts'
import { isExpectedChain, openLedger } from './ledger.ts'
import { newPatient, startTestLedger, type TestLedger } from './test-ledger.ts'

let world: TestLedger
beforeAll(async () => {
  world = await startTestLedger()
})
afterAll(() => world.stop())

it('deploys a registry whose admin changes only after two days', async () => {
  const { client, deployment } = world.ledger
  const registry = { abi: accreditationAbi, address: deployment.contracts.accreditation } as const
  expect(await client.readContract({ ...registry, functionName: 'defaultAdminDelay' })).toBe(48 * 60 * 60)
  expect(await client.readContract({ ...registry, functionName: 'defaultAdmin' })).toBe(
    world.wallet.account.address,
  )
})

it('ties consents and records to that registry', async () => {
  const { client, deployment } = world.ledger
  for (const address of [deployment.contracts.consents, deployment.contracts.records]) {
    const registry = await client.readContract({ abi: consentsAbi, address, functionName: 'ACCREDITATION' })
    expect(registry.toLowerCase()).toBe(deployment.contracts.accreditation)
  }
})

it('refuses to appoint registrars in another admin’s name', async () => {
  const admin = newPatient().address
  const appointed = deployContracts(world.wallet, { admin, registrars: [admin] })
  await expect(appointed).rejects.toMatchObject({ reason: 'params-invalid' })
})

it('stops when its signal does', async () => {
  const stopped = deployContracts(world.wallet, { registrars: [], signal: AbortSignal.abort() })
  await expect(stopped).rejects.toThrow('aborted')
})

it('tells a node of another chain apart', async () => {
  const config = { ...world.deployed, rpcUrl: world.rpcUrl }
  expect(await isExpectedChain(openLedger(config))).toBe(true)
  expect(await isExpectedChain(openLedger({ ...config, chainId: 1 }))).toBe(false)
})
