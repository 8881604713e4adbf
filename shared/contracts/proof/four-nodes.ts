// A network of four execution clients (@ethereumjs/client) on this machine, without a network of their own: this driver
// has the first build each block, gives it to all four, and lets each execute and adopt it. Good to try our code against
// several nodes that must agree; nothing that an operator would run.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, createPublicClient, type Hex, http, type PublicClient } from 'viem'
import { z } from 'zod'

const root = join(import.meta.dirname, '../../..')
const clientVersion = '0.10.5'
const folder = join(root, '.carekey/four-nodes')
const second = 1_000
const startLimitMs = 120 * second
const pollMs = 100
const blocksBeforeUse = 3n
/** As a consortium's. */
const blockSeconds = 2

export interface FourNodes {
  /** Where the first node answers. */
  rpcUrl: string
  chainId: number
  clients: PublicClient[]
  stop: () => Promise<void>
}

interface Node {
  process: ChildProcess
  rpcUrl: string
  engineUrl: string
  client: PublicClient
}

const Payload = z.looseObject({ blockHash: z.string(), parentHash: z.string(), timestamp: z.string() })
const Built = z.object({ executionPayload: Payload })
const Status = z.object({ status: z.string() })
const Choice = z.object({ payloadStatus: Status, payloadId: z.string().nullish() })

/** Fetches the client once, beside the project: it is no dependency of Carekey. Starts the nodes and mines until stopped. */
export async function startFourNodes(rich: Address): Promise<FourNodes> {
  await fetchClient()
  const dir = await mkdtemp(join(tmpdir(), 'carekey-four-nodes-'))
  const genesis = join(dir, 'genesis.json')
  await writeFile(genesis, JSON.stringify(genesisOf(rich)))
  const nodes: Node[] = []
  const stopping = new AbortController()
  try {
    for (let index = 0; index < 4; index += 1)
      nodes.push(await startNode(genesis, join(dir, `node-${index}`)))
    await Promise.all(nodes.map(isUp))
  } catch (error) {
    await stopAll(nodes, dir)
    throw error
  }
  const mining = mine(nodes, stopping.signal)
  const [first] = nodes
  if (!first) throw new Error('Four were started.')
  await Promise.all(nodes.map(takesTransactions))
  return {
    rpcUrl: first.rpcUrl,
    chainId,
    clients: nodes.map(({ client }) => client),
    stop: async () => {
      stopping.abort()
      await mining
      await stopAll(nodes, dir)
    },
  }
}

const chainId = 31_337
const noHash = `0x${'0'.repeat(64)}` as const
const nobody: Address = `0x${'0'.repeat(40)}`

/** Proof of stake from the first block, under Cancun's rules. */
function genesisOf(rich: Address) {
  const fromTheStart = Object.fromEntries(
    [
      'homestead',
      'eip150',
      'eip155',
      'eip158',
      'byzantium',
      'constantinople',
      'petersburg',
      'istanbul',
      'berlin',
      'london',
      'mergeNetsplit',
    ].map((fork) => [`${fork}Block`, 0]),
  )
  return {
    config: {
      chainId,
      ...fromTheStart,
      shanghaiTime: 0,
      cancunTime: 0,
      blobSchedule: { cancun: { target: 3, max: 6, baseFeeUpdateFraction: 3_338_477 } },
      terminalTotalDifficulty: 0,
      terminalTotalDifficultyPassed: true,
    },
    nonce: '0x0',
    timestamp: '0x0',
    extraData: '0x',
    gasLimit: '0x1c9c380',
    difficulty: '0x0',
    mixHash: noHash,
    coinbase: nobody,
    alloc: { [rich]: { balance: '0x21e19e0c9bab2400000' } },
    // It stays zero while blocks are less than half full. This client estimates gas as for a free transaction.
    baseFeePerGas: '0x0',
  }
}

async function fetchClient(): Promise<void> {
  if (existsSync(join(folder, 'node_modules/@ethereumjs/client'))) return
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"private":true}')
  const args = [
    'install',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `@ethereumjs/client@${clientVersion}`,
  ]
  const npm = spawn('npm', args, { cwd: folder, stdio: 'inherit' })
  const code = await new Promise<number | null>((resolve, reject) => {
    npm.once('error', reject)
    npm.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`npm could not fetch @ethereumjs/client ${clientVersion}.`)
}

async function startNode(genesis: string, dataDir: string): Promise<Node> {
  const [rpcPort, enginePort, p2pPort] = [await freePort(), await freePort(), await freePort()]
  await mkdir(dataDir, { recursive: true })
  const args = [
    join(folder, 'node_modules/@ethereumjs/client/dist/esm/bin/cli.js'),
    ...['--gethGenesis', genesis, '--dataDir', dataDir, '--logLevel', 'warn', '--saveReceipts'],
    ...['--rpc', '--rpcAddr', '127.0.0.1', '--rpcPort', String(rpcPort)],
    ...[
      '--rpcEngine',
      '--rpcEngineAddr',
      '127.0.0.1',
      '--rpcEnginePort',
      String(enginePort),
      '--rpcEngineAuth=false',
    ],
    ...[
      '--sync',
      'none',
      '--maxPeers',
      '0',
      '--isSingleNode',
      '--discV4=false',
      '--discDns=false',
      '--port',
      String(p2pPort),
    ],
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const rpcUrl = `http://127.0.0.1:${rpcPort}`
  const engineUrl = `http://127.0.0.1:${enginePort}`
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0 }), cacheTime: 0 })
  return { process: child, rpcUrl, engineUrl, client }
}

async function isUp({ client, process: child }: Node): Promise<void> {
  const until = Date.now() + startLimitMs
  while (Date.now() < until) {
    if (child.exitCode !== null)
      throw new Error(`A node ended with code ${child.exitCode} before it answered.`)
    if (await client.getBlockNumber().then(isNumber, () => false)) return
    await pause(pollMs)
  }
  throw new Error('A node did not answer in time.')
}

const isNumber = () => true

/** A node takes transactions only once it has seen the head move. */
async function takesTransactions({ client }: Node): Promise<void> {
  const until = Date.now() + startLimitMs
  while ((await client.getBlockNumber()) < blocksBeforeUse) {
    if (Date.now() > until) throw new Error('A node did not follow the first blocks in time.')
    await pause(pollMs)
  }
}

/** Builds a block on the first node, has all four execute and adopt it, and begins again. */
async function mine(nodes: readonly Node[], signal: AbortSignal): Promise<void> {
  const [builder] = nodes
  if (!builder) return
  const head = await builder.client.getBlock()
  let parent: Hex = head.hash
  let timestamp = Math.max(Number(head.timestamp), Math.floor(Date.now() / second) - 1)
  while (!signal.aborted) {
    await pause(Math.max(0, (timestamp + blockSeconds) * second - Date.now()))
    timestamp = Math.max(timestamp + blockSeconds, Math.floor(Date.now() / second))
    const attributes = {
      timestamp: `0x${timestamp.toString(16)}`,
      prevRandao: noHash,
      suggestedFeeRecipient: nobody,
      withdrawals: [],
      parentBeaconBlockRoot: noHash,
    }
    const begun = Choice.parse(
      await engine(builder, 'engine_forkchoiceUpdatedV3', [choiceOf(parent), attributes]),
    )
    const built = Built.parse(await engine(builder, 'engine_getPayloadV3', [begun.payloadId]))
    const { executionPayload } = built
    for (const node of nodes) {
      const { status } = Status.parse(
        await engine(node, 'engine_newPayloadV3', [executionPayload, [], noHash]),
      )
      if (status !== 'VALID') throw new Error(`A node calls the block ${status}.`)
      await engine(node, 'engine_forkchoiceUpdatedV3', [choiceOf(executionPayload.blockHash), null])
    }
    parent = executionPayload.blockHash as Hex
  }
}

const choiceOf = (block: string) => ({
  headBlockHash: block,
  safeBlockHash: block,
  finalizedBlockHash: noHash,
})

async function engine({ engineUrl }: Node, method: string, params: unknown[]): Promise<unknown> {
  const response = await fetch(engineUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const { result, error } = z
    .object({ result: z.unknown(), error: z.unknown() })
    .partial()
    .parse(await response.json())
  if (error) throw new Error(`${method}: ${JSON.stringify(error)}`)
  return result
}

async function stopAll(nodes: readonly Node[], dir: string): Promise<void> {
  for (const { process: child } of nodes) {
    if (child.exitCode !== null) continue
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  await rm(dir, { recursive: true, force: true })
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('No free port.')
  return address.port
}
