import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createPublicClient,
  createWalletClient,
  http,
  keccak256,
  stringToBytes,
  toFunctionSelector,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { describe, expect, it } from 'vitest'
import { startAnvil } from '../anvil.ts'
import { deployContracts } from '../deploy.ts'
import { openLedger } from '../ledger.ts'
import { readSeats } from '../validators.ts'
import {
  consortiumSchema,
  electedFrom,
  extraDataOf,
  genesisOf,
  staticNodesOf,
  validatorOf,
} from './genesis.ts'
import { filesOf } from './main.ts'

const example = join(import.meta.dirname, 'example')
const consortium = consortiumSchema.parse(JSON.parse(readFileSync(join(example, 'members.json'), 'utf8')))
const exampleKey = (what: string) => privateKeyToAccount(keccak256(stringToBytes(`carekey example ${what}`)))

describe('the consortium’s files', () => {
  it('are those of the example', () => {
    const files = filesOf(consortium)
    expect(Object.keys(files)).toEqual(['genesis.json', 'static-nodes.json', 'compose.yaml'])
    for (const [name, text] of Object.entries(files)) {
      expect(readFileSync(join(example, name), 'utf8'), name).toBe(text)
    }
  })

  it('name each validator by the account of its node key', () => {
    for (const member of consortium.members) {
      expect(validatorOf(member)).toBe(exampleKey(`node ${member.name}`).address)
    }
    expect(staticNodesOf(consortium)[0]).toMatch(/^enode:\/\/[0-9a-f]{128}@st-brigid\.example:30303$/)
  })

  /** The figures of Besu's own page on QBFT. */
  it('write the validators into the first block as Besu’s manual does', () => {
    expect(
      extraDataOf([
        '0x64a702e6263b7297a96638cac6ae65e6541f4169',
        '0x3923390ad55e90c237593b3b0e401f3b08a03185',
        '0xaefdb9a738c9f433e5b6b212a6d62f6370c2f692',
        '0xc7eeb9a4e00ce683cf93039b212648e01c6c6b78',
      ]),
    ).toBe(
      '0xf87aa00000000000000000000000000000000000000000000000000000000000000000f8549464a702e6263b7297a96638cac6ae65e6541f4169943923390ad55e90c237593b3b0e401f3b08a0318594aefdb9a738c9f433e5b6b212a6d62f6370c2f69294c7eeb9a4e00ce683cf93039b212648e01c6c6b78c080c0',
    )
  })

  it('hand over to the elected at a block, and change nothing else', () => {
    const genesis = genesisOf(consortium)
    const validators = '0x0000000000000000000000000000000000007777'
    const { transitions, ...config } = electedFrom(genesis, 500, validators).config
    expect(config).toEqual(genesis.config)
    const expected = { block: 500, validatorselectionmode: 'contract', validatorcontractaddress: validators }
    expect(transitions).toEqual({ qbft: [expected] })
  })

  it('are not written for too few nodes, or one twice', () => {
    const { members } = consortium
    expect(consortiumSchema.safeParse({ ...consortium, members: members.slice(0, 3) }).success).toBe(false)
    const twice = [...members.slice(0, 4), { ...members[0], name: 'again' }]
    expect(consortiumSchema.safeParse({ ...consortium, members: twice }).success).toBe(false)
  })

  it('give a service, a key and a volume to each node', () => {
    const compose = filesOf(consortium)['compose.yaml'] ?? ''
    for (const { name } of consortium.members) {
      expect(compose).toContain(`  ${name}:\n    <<: *besu\n`)
      expect(compose).toContain(`./keys/${name}:/config/key:ro`)
    }
  })
})

describe('the contract that elects validators', () => {
  it('answers what Besu asks, with the consortium’s nodes, on a chain of this genesis', async () => {
    expect(toFunctionSelector('getValidators()')).toBe('0xb7ab4db5')
    const anvil = await startAnvil({
      genesisFile: join(example, 'genesis.json'),
      chainId: consortium.chainId,
    })
    try {
      const transport = http(anvil.rpcUrl)
      const chain = { ...foundry, id: consortium.chainId }
      const payer = exampleKey('payer authority')
      const client = createPublicClient({ transport })
      expect(await client.getBalance({ address: payer.address })).toBe(10n ** 27n)
      const validators = consortium.members.map(validatorOf)
      const wallet = createWalletClient({ account: payer, chain, transport })
      const deployed = await deployContracts(wallet, { registrars: [payer.address], validators })
      const seats = await readSeats(openLedger({ ...deployed, rpcUrl: anvil.rpcUrl }))
      expect([...seats.validators].sort()).toEqual(validators.map((one) => one.toLowerCase()).sort())
    } finally {
      await anvil.stop()
    }
  }, 60_000)
})
