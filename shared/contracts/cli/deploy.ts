// `npm run deploy -- --rpc URL --relay ORIGIN`: puts the contracts on a chain and writes its network file into the
// address book. `--dry-run` does the same on a throw-away copy of the chain, and so says what it would cost.

import { formatEther, type Hash } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Network } from '../../protocol/network.ts'
import { startAnvil } from '../anvil.ts'
import { deployContracts } from '../deploy.ts'
import { openLedger, reading } from '../ledger.ts'
import { pathInBook, readNetworkFile, writeIntoBook } from './address-book.ts'
import { chainIdAt, walletAt, withoutSecrets } from './chain.ts'
import { type Outcome, readOptions, usageOf, type ValuesOf } from './command.ts'
import { lacksFunds, UsageError } from './failure.ts'
import { readKey } from './key.ts'
import { address, file, flag, many, optional, orElse, origin, text, url, wholeNumber } from './option.ts'
import { runProgram } from './program.ts'
import { facts } from './table.ts'

const options = {
  rpc: url,
  relay: many(origin),
  name: orElse(text('NAME', 60), 'Carekey'),
  chain: optional(wholeNumber('ID', Number.MAX_SAFE_INTEGER)),
  'public-rpc': optional(url),
  confirmations: orElse(wholeNumber('BLOCKS', 100), 0),
  admin: optional(address),
  registrar: optional(many(address)),
  book: orElse(file, 'networks'),
  replace: flag,
  keystore: optional(file),
  'password-file': optional(file),
  'dry-run': flag,
  json: flag,
}

const usage = `Usage: npm run deploy -- ${usageOf(options)}
The key comes from --keystore or CAREKEY_KEY; its password from --password-file, CAREKEY_PASSWORD or the keyboard.
Without --admin and --registrar the deploying account is both.`

/** What the deployment took. */
interface Cost {
  transactions: number
  gas: bigint
  paid: bigint
}

async function deploy(values: ValuesOf<typeof options>, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const chainId = await chainIdAt(values.rpc)
  if (values.chain !== undefined && values.chain !== chainId) {
    throw new UsageError(
      `${withoutSecrets(values.rpc)} is of chain ${chainId}, not ${values.chain}. Nothing was sent.`,
    )
  }
  await requireNew(values, chainId)
  const account = await readKey(values, env)
  if (values.admin && values.admin !== account.address.toLowerCase() && values.registrar) {
    throw new UsageError(
      'Another admin must appoint the registrars itself: leave --registrar out, and let it run "npm run authority -- appoint --officer ADDRESS" afterwards.',
    )
  }
  if (values['dry-run']) return rehearse(values, account, chainId)
  const { network, cost } = await onChain(values, account, values.rpc, chainId)
  const path = writeIntoBook(values.book, network)
  return {
    json: { outcome: 'deployed', path, network, ...inJson(cost) },
    text: `Deployed on chain ${chainId} from block ${network.deployedAtBlock}: ${inWords(cost)}.\n\n${facts(Object.entries(network.contracts))}\n\nThe network file is ${path}: relays, portals and the extension's build take it.`,
  }
}

/** Contracts of ours that answer already are not deployed beside, unless that is wanted. */
async function requireNew({ book, rpc, replace }: ValuesOf<typeof options>, chainId: number): Promise<void> {
  const path = pathInBook(book, chainId)
  const former = readNetworkFile(path)
  if (!former || replace) return
  const { client } = openLedger({ ...former, rpcUrl: rpc })
  const code = await reading(client.getCode({ address: former.contracts.accreditation }))
  throw new UsageError(
    code
      ? `Chain ${chainId} has its contracts already: ${path} names them. To put others beside them for good, say --replace; the former file is kept.`
      : `${path} names contracts that chain ${chainId} does not have: it was another chain of this number. Say --replace; the former file is kept.`,
  )
}

async function rehearse(
  values: ValuesOf<typeof options>,
  account: PrivateKeyAccount,
  chainId: number,
): Promise<Outcome> {
  const copy = await startAnvil({ chainId, forkUrl: values.rpc })
  try {
    const { network, cost } = await onChain(values, account, copy.rpcUrl, chainId)
    const contracts = Object.keys(network.contracts)
    return {
      json: { outcome: 'rehearsed', chainId, by: account.address.toLowerCase(), contracts, ...inJson(cost) },
      text: `Would deploy ${contracts.join(', ')} on chain ${chainId} as ${account.address.toLowerCase()}: ${inWords(cost)}.\nNothing was sent or written. The file would be ${pathInBook(values.book, chainId)}.`,
    }
  } finally {
    await copy.stop()
  }
}

async function onChain(
  values: ValuesOf<typeof options>,
  account: PrivateKeyAccount,
  rpcUrl: string,
  chainId: number,
): Promise<{ network: Network; cost: Cost }> {
  const sent: Hash[] = []
  const wallet = walletAt(rpcUrl, chainId, account, (hash) => {
    sent.push(hash)
    process.stderr.write(`Transaction ${sent.length} is on its way: ${hash}\n`)
  })
  const admin = values.admin ?? account.address
  const isOwnAdmin = admin.toLowerCase() === account.address.toLowerCase()
  const registrars = values.registrar ?? (isOwnAdmin ? [account.address] : [])
  try {
    const deployed = await deployContracts(wallet, {
      registrars,
      admin: isOwnAdmin ? account.address : admin,
    })
    const { client } = openLedger({ ...deployed, rpcUrl })
    const receipts = await Promise.all(sent.map((hash) => reading(client.getTransactionReceipt({ hash }))))
    const gas = receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)
    const paid = receipts.reduce(
      (sum, { gasUsed, effectiveGasPrice }) => sum + gasUsed * effectiveGasPrice,
      0n,
    )
    const network = {
      name: values.name,
      rpcUrl: values['public-rpc'] ?? values.rpc,
      ...deployed,
      confirmations: values.confirmations,
      relays: values.relay,
    }
    return { network, cost: { transactions: sent.length, gas, paid } }
  } catch (error) {
    if (!lacksFunds(error)) throw error
    throw new UsageError(
      `${account.address.toLowerCase()} cannot pay for this on chain ${chainId}. Send it some of the chain's money; ${sent.length} of the transactions were made, and a new attempt begins afresh.`,
      { cause: error },
    )
  }
}

const inJson = ({ transactions, gas, paid }: Cost) => ({
  transactions,
  gas: Number(gas),
  paid: formatEther(paid),
})
const inWords = ({ transactions, gas, paid }: Cost) =>
  `${transactions} transactions, ${gas.toLocaleString('en')} gas, ${formatEther(paid)} of the ledger's money`

await runProgram('deploy', async (args, env) =>
  args.includes('--help') ? { json: usage, text: usage } : deploy(readOptions(options, args), env),
)
