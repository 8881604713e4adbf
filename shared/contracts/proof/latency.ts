// `npm run latency:contracts`: how long each act takes from sending to being in a block, and each reading to its reply, on
// the embedded chain and on four nodes that must agree; with the bytes that travel. `--rounds N`; `--json` for the figures;
// `--embedded` leaves the four nodes out.
import { inspect, parseArgs } from 'node:util'
import { type PublicClient, size } from 'viem'
import { submit } from '../submit.ts'
import { nameTestSupporters } from '../test-attestations.ts'
import { registerTestMedic } from '../test-emergency.ts'
import { startTestLedger, type TestLedger } from '../test-ledger.ts'
import { type Act, type Reading, signRound } from './acts.ts'
import { startFourNodes } from './four-nodes.ts'

interface Figure {
  bytes: number
  /** Of an act, the gas it used; of a reading, the bytes of its reply. */
  cost: number
  ms: number[]
}

interface Figures {
  deployments: Map<string, Figure>
  acts: Map<string, Figure>
  readings: Map<string, Figure>
}

const pollMs = 20
const agreementLimitMs = 60_000

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Runs so many rounds. An act is done when every one of the clients has it in a block. */
async function measure(
  world: TestLedger,
  clients: readonly PublicClient[],
  rounds: number,
): Promise<Figures> {
  const figures: Figures = { deployments: await readDeployments(world), acts: new Map(), readings: new Map() }
  const [supporter] = await nameTestSupporters(world, ['one', 'two', 'three'])
  if (!supporter) throw new Error('Three were named.')
  const medic = await registerTestMedic(world)
  for (let round = 1; round <= rounds; round += 1) {
    const { acts, readings } = await signRound(world, supporter, medic)
    for (const act of acts) await perform(world, clients, act, figures.acts)
    for (const reading of readings) await read(clients[0] ?? world.ledger.client, reading, figures.readings)
    process.stderr.write(`  round ${round} of ${rounds}\n`)
  }
  return figures
}

async function perform(
  { wallet }: TestLedger,
  clients: readonly PublicClient[],
  { name, call }: Act,
  into: Map<string, Figure>,
): Promise<void> {
  const startedAt = performance.now()
  const { gasUsed, blockHash, blockNumber } = await submit(wallet, call)
  await Promise.all(clients.map((client) => agrees(client, blockNumber, blockHash)))
  note(into, name, size(call.data), Number(gasUsed), performance.now() - startedAt)
}

/** Waits until this node has that very block. */
async function agrees(client: PublicClient, blockNumber: bigint, blockHash: string): Promise<void> {
  const until = performance.now() + agreementLimitMs
  while (performance.now() < until) {
    const block = await client.getBlock({ blockNumber }).catch(() => undefined)
    if (block?.hash === blockHash) return
    if (block) throw new Error(`Two nodes hold different blocks ${blockNumber}.`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new Error(`A node did not take block ${blockNumber} in time.`)
}

async function read(
  client: PublicClient,
  { name, call, holds }: Reading,
  into: Map<string, Figure>,
): Promise<void> {
  const startedAt = performance.now()
  const { data } = await client.call(call)
  const ms = performance.now() - startedAt
  if (!data || !holds(data)) throw new Error(`${name} answers ${data}.`)
  note(into, name, size(call.data), size(data), ms)
}

function note(into: Map<string, Figure>, name: string, bytes: number, cost: number, ms: number): void {
  const figure = into.get(name) ?? { bytes, cost, ms: [] }
  figure.ms.push(ms)
  into.set(name, figure)
}

/** What the deployments took, from their receipts; their latency is that of any transaction. */
async function readDeployments({ ledger, deployed }: TestLedger): Promise<Map<string, Figure>> {
  const names = new Map(
    Object.entries(deployed.contracts).map(([name, address]) => [address.toLowerCase(), name]),
  )
  const found = new Map<string, Figure>()
  const head = await ledger.client.getBlockNumber()
  for (let blockNumber = 1n; blockNumber <= head; blockNumber += 1n) {
    const { transactions } = await ledger.client.getBlock({ blockNumber, includeTransactions: true })
    for (const { hash, to, input } of transactions) {
      if (to !== null) continue
      const { contractAddress, gasUsed } = await ledger.client.getTransactionReceipt({ hash })
      const name = names.get(contractAddress?.toLowerCase() ?? '')
      if (name) found.set(name, { bytes: size(input), cost: Number(gasUsed), ms: [] })
    }
  }
  return found
}

async function onAnvil(rounds: number): Promise<Figures> {
  process.stderr.write('The embedded chain\n')
  const world = await startTestLedger()
  try {
    return await measure(world, [world.ledger.client], rounds)
  } finally {
    await world.stop()
  }
}

async function onFourNodes(rounds: number): Promise<Figures> {
  process.stderr.write('Four nodes\n')
  const nodes = await startFourNodes('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266')
  try {
    return await measure(await startTestLedger({ node: nodes.rpcUrl }), nodes.clients, rounds)
  } finally {
    await nodes.stop()
  }
}

const inEnglish = (count: number) => Math.round(count).toLocaleString('en')

const inMs = (ms: readonly number[] | undefined) => (ms ? inEnglish(median(ms)) : 'not measured')

function rows(here: Map<string, Figure>, there: Map<string, Figure>): string {
  return [...here]
    .map(([name, { bytes, cost, ms }]) => {
      const cells = [`\`${name}\``, inEnglish(bytes), inEnglish(cost)]
      if (ms.length > 0) cells.push(median(ms).toFixed(0), inMs(there.get(name)?.ms))
      return `| ${cells.join(' | ')} |\n`
    })
    .join('')
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      embedded: { type: 'boolean', default: false },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a count.')
  const anvil = await onAnvil(rounds)
  const nothing: Figures = { deployments: new Map(), acts: new Map(), readings: new Map() }
  const four = values.embedded ? nothing : await onFourNodes(rounds)
  if (values.json) {
    const plain = (figures: Figures) =>
      Object.fromEntries(Object.entries(figures).map(([part, map]) => [part, Object.fromEntries(map)]))
    process.stdout.write(`${JSON.stringify({ rounds, anvil: plain(anvil), fourNodes: plain(four) })}\n`)
    return
  }
  process.stdout.write(
    `| act | calldata, bytes | gas | ms, embedded | ms, four nodes |\n| --- | --- | --- | --- | --- |\n${rows(anvil.acts, four.acts)}\n` +
      `| reading | calldata, bytes | reply, bytes | ms, embedded | ms, four nodes |\n| --- | --- | --- | --- | --- |\n${rows(anvil.readings, four.readings)}\n` +
      `| contract | creation code, bytes | gas |\n| --- | --- | --- |\n${rows(anvil.deployments, four.deployments)}`,
  )
}

main().catch((error: unknown) => {
  process.stderr.write(`${inspect(error, { depth: 4 })}\n`)
  process.exitCode = 1
})
