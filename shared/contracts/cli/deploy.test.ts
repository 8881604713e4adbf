import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicClient, http } from 'viem'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { networkSchema } from '../../protocol/network.ts'
import { type Anvil, startAnvil } from '../anvil.ts'
import { openLedger } from '../ledger.ts'
import { readOfficers } from '../officers.ts'
import { runScript, storyMs, testKeys } from './test-program.ts'

vi.setConfig({ testTimeout: storyMs })

let anvil: Anvil
let dir: string
let book: string

beforeAll(async () => {
  anvil = await startAnvil()
  dir = mkdtempSync(join(tmpdir(), 'carekey-deploy-'))
  book = join(dir, 'networks')
})
afterAll(async () => {
  await anvil.stop()
  rmSync(dir, { recursive: true, force: true })
})

const deploy = (args: readonly string[], env: Record<string, string> = { CAREKEY_KEY: testKeys.admin }) =>
  runScript(
    'deploy.ts',
    ['--rpc', anvil.rpcUrl, '--relay', 'https://relay.example', '--book', book, ...args],
    env,
  )
const blockNumber = () => createPublicClient({ transport: http(anvil.rpcUrl), cacheTime: 0 }).getBlockNumber()

it('rehearses on a copy: the chain gets no block, the book no file', async () => {
  const { code, stdout } = await deploy(['--dry-run', '--json'])
  expect(code).toBe(0)
  const rehearsed = JSON.parse(stdout)
  expect(rehearsed).toMatchObject({ outcome: 'rehearsed', chainId: 31_337, by: testKeys.adminAddress })
  expect(rehearsed.contracts).toContain('accreditation')
  expect(rehearsed.gas).toBeGreaterThan(5_000_000)
  expect(await blockNumber()).toBe(0n)
  expect(() => readdirSync(book)).toThrow('ENOENT')
})

it('refuses before anything is spent', async () => {
  const says = async (args: readonly string[], env?: Record<string, string>) =>
    (await deploy(args, env)).stderr
  expect(await says(['--chain', '1'])).toMatch(/is of chain 31337, not 1. Nothing was sent./)
  expect(await says(['--rpc', 'http://127.0.0.1:9'])).toMatch(/No ledger answers at http:\/\/127.0.0.1:9./)
  expect(await says([], {})).toMatch(/There is no key/)
  expect(await says(['--relay', 'https://relay.example/path'])).toMatch(/is not a web origin/)
  expect(await says([], { CAREKEY_KEY: `0x${'1'.repeat(64)}` })).toMatch(/cannot pay for this on chain 31337/)
  const another = ['--admin', testKeys.officerAddress, '--registrar', testKeys.adminAddress]
  expect(await says(another)).toMatch(/Another admin must appoint the registrars itself/)
  expect((await runScript('deploy.ts', ['--rpc', anvil.rpcUrl])).stderr).toMatch(/--relay ORIGIN is missing/)
  expect(await blockNumber()).toBe(0n)
})

it('deploys with several registrars and writes the network file of that chain', async () => {
  const registrars = ['--registrar', testKeys.adminAddress, '--registrar', testKeys.officerAddress]
  const { code, stdout } = await deploy([
    ...registrars,
    '--name',
    'County network',
    '--public-rpc',
    'https://rpc.example',
    '--json',
  ])
  expect(code).toBe(0)
  const { path, gas } = JSON.parse(stdout)
  expect(path).toBe(join(book, '31337.json'))
  const network = networkSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  expect(network).toMatchObject({
    name: 'County network',
    rpcUrl: 'https://rpc.example',
    relays: ['https://relay.example'],
    deployedAtBlock: 1,
  })
  expect(gas).toBeGreaterThan(5_000_000)
  const officers = await readOfficers(openLedger({ ...network, rpcUrl: anvil.rpcUrl }))
  expect(officers).toEqual({
    admin: testKeys.adminAddress,
    nextAdmin: null,
    registrars: [testKeys.adminAddress, testKeys.officerAddress],
    adjudicators: [testKeys.adminAddress, testKeys.officerAddress],
  })
})

it('deploys a second time only when told to, and keeps the former file', async () => {
  const refused = await deploy([])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/has its contracts already.*--replace/)
  expect((await deploy(['--replace', '--admin', testKeys.officerAddress])).code).toBe(0)
  expect(readdirSync(book).sort()).toEqual([
    '31337.json',
    expect.stringMatching(/^31337\.until-block-\d+\.json$/),
  ])
  const network = networkSchema.parse(JSON.parse(readFileSync(join(book, '31337.json'), 'utf8')))
  expect(await readOfficers(openLedger(network))).toEqual({
    admin: testKeys.officerAddress,
    nextAdmin: null,
    registrars: [],
    adjudicators: [],
  })
})

it('tells a forgotten chain of the same number from one that has its contracts', async () => {
  const file = join(book, '31337.json')
  const network = JSON.parse(readFileSync(file, 'utf8'))
  const nowhere = { ...network.contracts, accreditation: `0x${'7'.repeat(40)}` }
  writeFileSync(file, JSON.stringify({ ...network, contracts: nowhere }))
  expect((await deploy([])).stderr).toMatch(/names contracts that chain 31337 does not have/)
})
