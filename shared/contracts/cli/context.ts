import type { Address } from 'viem'
import { addressSchema } from '../../protocol/ids.ts'
import type { Network } from '../../protocol/network.ts'
import { type Ledger, openLedger } from '../ledger.ts'
import type { PayingWallet } from '../submit.ts'
import { pathInBook, readNetworkFile } from './address-book.ts'
import { chainIdAt, walletAt } from './chain.ts'
import { type Command, type Options, type Outcome, readOptions, type ValuesOf } from './command.ts'
import { UsageError } from './failure.ts'
import { readKey } from './key.ts'
import { address, file, flag, optional, orElse, url } from './option.ts'

/** Understood by every command of the authority. */
export const commonOptions = {
  network: optional(file),
  rpc: optional(url),
  book: orElse(file, 'networks'),
  keystore: optional(file),
  'password-file': optional(file),
  from: optional(address),
  'dry-run': flag,
  json: flag,
}
type CommonValues = ValuesOf<typeof commonOptions>

/** Which ledger a command works on, and who acts. */
export interface Context {
  network: Network
  ledger: Ledger
  isDryRun: boolean
  /** Who would act; needs no key if `--from` names it. */
  actor: () => Promise<Address>
  /** Asks for the key at the first call, so that reading needs none. */
  wallet: () => Promise<PayingWallet>
}

/** A command on one ledger. */
export const command = <O extends Options>(definition: {
  summary: string
  options: O
  run: (values: ValuesOf<O>, context: Context) => Promise<Outcome>
}): Command => ({
  summary: definition.summary,
  options: definition.options,
  run: async (args, env) => {
    const own = readOptions(definition.options, args, commonOptions)
    return definition.run(own, await openContext(readOptions(commonOptions, args, definition.options), env))
  },
})

/** Finds the network file and asks the node for its chain. */
async function openContext(common: CommonValues, env: NodeJS.ProcessEnv): Promise<Context> {
  const network = await findNetwork(common, env)
  const isDryRun = common['dry-run']
  if (common.from !== undefined && !isDryRun) {
    throw new UsageError('--from is for --dry-run: an act needs the key itself.')
  }
  let key: ReturnType<typeof readKey> | undefined
  const account = () => {
    key ??= readKey(common, env)
    return key
  }
  return {
    network,
    ledger: openLedger(network),
    isDryRun,
    actor: async () => common.from ?? addressSchema.parse((await account()).address),
    wallet: async () => walletAt(network.rpcUrl, network.chainId, await account()),
  }
}

async function findNetwork(common: CommonValues, env: NodeJS.ProcessEnv): Promise<Network> {
  const path = common.network ?? env.CAREKEY_NETWORK
  if (path !== undefined) {
    const network = readNetworkFile(path)
    if (!network) throw new UsageError(`There is no network file ${path}.`)
    const rpcUrl = common.rpc ?? network.rpcUrl
    const chainId = await chainIdAt(rpcUrl)
    if (chainId === network.chainId) return { ...network, rpcUrl }
    throw new UsageError(
      `The node is of chain ${chainId}, but ${path} is of chain ${network.chainId}: give the node of that chain by --rpc, or another --network.`,
    )
  }
  if (common.rpc === undefined) {
    throw new UsageError('Which ledger? Give --network FILE, or --rpc URL to look its chain up in --book.')
  }
  const chainId = await chainIdAt(common.rpc)
  const inBook = pathInBook(common.book, chainId)
  const network = readNetworkFile(inBook)
  if (!network) {
    throw new UsageError(
      `The address book has no ${inBook}: give --network FILE, or deploy with npm run deploy.`,
    )
  }
  return { ...network, rpcUrl: common.rpc }
}
