// What a consortium's nodes start from: one genesis, who finds whom, and a compose file, out of one list of members.
import { type Address, type Hex, numberToHex, toRlp } from 'viem'
import { publicKeyToAddress } from 'viem/accounts'
import { z } from 'zod'
import { addressSchema } from '../../protocol/ids.ts'

const memberSchema = z.strictObject({
  /** Names the service of the compose file. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** The node's public key, as `besu public-key export` prints it: 64 bytes. */
  nodeKey: z.string().regex(/^0x[0-9a-f]{128}$/),
  /** Where the others reach it. */
  host: z.string().regex(/^[a-z0-9.-]{1,253}$/),
  port: z.int().min(1).max(65_535),
})

export const consortiumSchema = z
  .strictObject({
    chainId: z.int().positive(),
    blockSeconds: z.int().min(1).max(60),
    members: z.array(memberSchema).min(4, 'Four nodes are the fewest that bear a faulty one'),
    /** Accounts that pay: who deploys, and the sponsors. Gas costs nothing, but wallets ask for a balance. */
    payers: z.array(addressSchema).min(1),
  })
  .refine(
    ({ members }) => new Set(members.map(({ nodeKey }) => nodeKey)).size === members.length,
    'A node twice',
  )
  .refine(({ members }) => new Set(members.map(({ name }) => name)).size === members.length, 'A name twice')

export type Consortium = z.infer<typeof consortiumSchema>
type Member = z.infer<typeof memberSchema>

/** The account that a node signs blocks with. */
export const validatorOf = ({ nodeKey }: Member): Address => publicKeyToAddress(`0x04${nodeKey.slice(2)}`)

const vanity: Hex = `0x${'0'.repeat(64)}`
/** Fixed by QBFT: "ctical byzantine fault tolerance". */
const mixHash = '0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365'
const balance = numberToHex(10n ** 27n)
const blockGas = numberToHex(60_000_000)

/** Vanity, validators, no vote, round 0, no seals. */
export const extraDataOf = (validators: readonly Address[]): Hex =>
  toRlp([vanity, [...validators], [], '0x', []])

/**
 * Blocks are signed by the members from the first one on. Nothing costs gas: whoever may send is decided by the contracts,
 * and floods are the nodes' operators' to stop.
 */
export function genesisOf({ chainId, blockSeconds, members, payers }: Consortium) {
  const validators = members.map(validatorOf).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  return {
    config: {
      chainId,
      berlinBlock: 0,
      londonBlock: 0,
      shanghaiTime: 0,
      cancunTime: 0,
      zeroBaseFee: true,
      qbft: {
        blockperiodseconds: blockSeconds,
        epochlength: 30_000,
        requesttimeoutseconds: 2 * blockSeconds,
      },
    },
    nonce: '0x0',
    timestamp: '0x0',
    extraData: extraDataOf(validators),
    gasLimit: blockGas,
    difficulty: '0x1',
    mixHash,
    coinbase: '0x0000000000000000000000000000000000000000',
    alloc: Object.fromEntries(payers.map((payer) => [payer.slice(2).toLowerCase(), { balance }])),
  }
}

export type Genesis = ReturnType<typeof genesisOf>

/**
 * The same genesis, from a block on with the nodes that the contract `validators` names. Every node restarts with it
 * before that block; the contract must name the same nodes as the blocks before, or those cannot finish it.
 */
export function electedFrom(genesis: Genesis, block: number, validators: Address) {
  const transition = { block, validatorselectionmode: 'contract', validatorcontractaddress: validators }
  return { ...genesis, config: { ...genesis.config, transitions: { qbft: [transition] } } }
}

/** Who each node looks for. */
export const staticNodesOf = ({ members }: Consortium): string[] =>
  members.map(({ nodeKey, host, port }) => `enode://${nodeKey.slice(2)}@${host}:${port}`)

/** All nodes on one machine, to try it; each member runs its own service of it, with its own key. */
export function composeOf({ members }: Consortium): string {
  const services = members.map(
    ({ name, host, port }) => `  ${name}:
    <<: *besu
    container_name: ${name}
    hostname: ${host}
    volumes:
      - ./genesis.json:/config/genesis.json:ro
      - ./static-nodes.json:/config/static-nodes.json:ro
      - ./keys/${name}:/config/key:ro
      - ${name}:/data
    command: ["--p2p-host=${host}", "--p2p-port=${port}"]
`,
  )
  return `# Written by shared/contracts/consortium/main.ts. BESU_IMAGE is the image that all members agreed on, by its digest.
x-besu: &besu
  image: \${BESU_IMAGE:?the image of Besu that all members agreed on, such as hyperledger/besu@sha256:...}
  restart: unless-stopped
  networks: [consortium]
  environment:
    BESU_GENESIS_FILE: /config/genesis.json
    BESU_STATIC_NODES_FILE: /config/static-nodes.json
    BESU_NODE_PRIVATE_KEY_FILE: /config/key
    BESU_DATA_PATH: /data
    BESU_DISCOVERY_ENABLED: "false"
    BESU_MIN_GAS_PRICE: "0"
    BESU_DATA_STORAGE_FORMAT: FOREST
    BESU_SYNC_MODE: FULL
    BESU_RPC_HTTP_ENABLED: "true"
    BESU_RPC_HTTP_HOST: 0.0.0.0
    BESU_RPC_HTTP_API: ETH,NET,WEB3,QBFT
    BESU_HOST_ALLOWLIST: "localhost,127.0.0.1"
    BESU_METRICS_ENABLED: "true"

services:
${services.join('\n')}
networks:
  consortium:

volumes:
${members.map(({ name }) => `  ${name}:\n`).join('')}`
}
