import { readFile } from 'node:fs/promises'
import { type Address, BaseError, ContractFunctionRevertedError, parseAbi, publicActions } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestLedger, type TestLedger } from '../test-ledger.ts'
import { compileHarness } from './compile-harness.ts'
import {
  derivedCases,
  referenceVerdict,
  type SignatureCase,
  signatureArgs,
  wycheproofCases,
} from './signature-cases.ts'

const abi = parseAbi([
  'struct Signature { uint8 v; bytes32 r; bytes32 s; }',
  'function check(bytes32 digest, Signature signature, address expected) view',
  'error InvalidSignature(address expected)',
])

let world: TestLedger
let harness: Address

beforeAll(async () => {
  world = await startTestLedger()
  const bytecode = compileHarness('test/SignatureCheck.sol', 'SignatureCheck')
  const hash = await world.wallet.deployContract({ abi, bytecode })
  const client = world.wallet.extend(publicActions)
  const { contractAddress } = await client.waitForTransactionReceipt({ hash, pollingInterval: 50 })
  if (!contractAddress) throw new Error('The harness was not deployed.')
  harness = contractAddress
}, 120_000)

afterAll(() => world?.stop())

/** The contracts' own answer; any refusal but the declared one is a fault. */
async function contractVerdict(one: SignatureCase): Promise<boolean> {
  try {
    await world.ledger.client.readContract({
      address: harness,
      abi,
      functionName: 'check',
      args: signatureArgs(one),
    })
    return true
  } catch (error) {
    const reverted =
      error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError)
    if (!(reverted instanceof ContractFunctionRevertedError)) throw error
    expect(reverted.data, one.name).toMatchObject({ errorName: 'InvalidSignature', args: [one.expected] })
    return false
  }
}

/** Those on which the contracts and the reference do not agree, and how many each verdict got. */
async function compare(cases: readonly SignatureCase[], reference: (one: SignatureCase) => boolean) {
  const differing: string[] = []
  let accepted = 0
  for (const one of cases) {
    const verdict = await contractVerdict(one)
    if (verdict) accepted += 1
    if (verdict !== reference(one)) differing.push(`${one.name}: the contract says ${verdict}`)
  }
  return { differing, accepted, refused: cases.length - accepted }
}

it('judges signatures as the reference does, in every case of a kind that has ever gone wrong', async () => {
  const cases = derivedCases()
  expect(cases.length).toBeGreaterThanOrEqual(460)
  const { differing, accepted, refused } = await compare(cases, referenceVerdict)
  expect(differing).toEqual([])
  expect(accepted).toBeGreaterThan(250)
  expect(refused).toBeGreaterThan(250)
}, 120_000)

/** The file is not ours to ship: C2SP/wycheproof, testvectors_v1/ecdsa_secp256k1_sha256_bitcoin_test.json. */
const wycheproof = process.env.CAREKEY_WYCHEPROOF

if (wycheproof) {
  it('judges signatures as Wycheproof does', async () => {
    const { cases, unencodable } = wycheproofCases(JSON.parse(await readFile(wycheproof, 'utf8')))
    const verdicts = new Map(cases.map((one) => [one.name, one.valid]))
    const { differing, accepted, refused } = await compare(cases, ({ name }) => verdicts.get(name) ?? false)
    expect(differing).toEqual([])
    process.stdout.write(`${accepted} accepted, ${refused} refused, ${unencodable} that have no way in\n`)
  }, 120_000)
}
