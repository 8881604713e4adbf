// `npm run submit -- FILE --rpc URL`: brings an act that somebody signed and exported to the ledger, with nobody's help
// but a node's. FILE is what Carekey exported, or the lines that were scanned from its codes.

import { readFileSync } from 'node:fs'
import { type ExportedAct, type ExportedKind, exportedKinds, readExported } from '../../protocol/exported.ts'
import { simulate } from '../calls.ts'
import { encodeExported } from '../exported.ts'
import { openLedger } from '../ledger.ts'
import { submit } from '../submit.ts'
import { chainIdAt, walletAt, withoutSecrets } from './chain.ts'
import { type Outcome, readOptions, usageOf, type ValuesOf } from './command.ts'
import { UsageError } from './failure.ts'
import { readKey } from './key.ts'
import { choice, file, flag, optional, url } from './option.ts'
import { runProgram } from './program.ts'

const options = {
  rpc: url,
  act: optional(choice(exportedKinds)),
  keystore: optional(file),
  'password-file': optional(file),
  'dry-run': flag,
  json: flag,
}

const usage = `Usage: npm run submit -- FILE ${usageOf(options)}
FILE is an exported file of signed acts, or the lines scanned from its codes. --act says which, where there are several.
The key pays, and needs no right of its own; it comes from --keystore or CAREKEY_KEY.`

async function submitFile(
  path: string,
  values: ValuesOf<typeof options>,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const { acts, ...deployment } = readExported(readText(path))
  const act = chosen(acts, values.act)
  const chainId = await chainIdAt(values.rpc)
  if (chainId !== deployment.chainId) {
    throw new UsageError(
      `${withoutSecrets(values.rpc)} is of chain ${chainId}; the act was signed for chain ${deployment.chainId}. Nothing was sent.`,
    )
  }
  const account = await readKey(values, env)
  const call = encodeExported(deployment, act)
  const refusal = await simulate(openLedger({ ...deployment, rpcUrl: values.rpc }), call, account.address)
  if (refusal) throw refusal
  if (values['dry-run']) {
    return {
      json: { outcome: 'rehearsed', act: act.kind },
      text: `The ledger would take this ${act.kind}. Nothing was sent.`,
    }
  }
  const { blockNumber, transactionHash } = await submit(walletAt(values.rpc, chainId, account), call)
  return {
    json: { outcome: 'done', act: act.kind, blockNumber: Number(blockNumber), transactionHash },
    text: `The ${act.kind} is on the ledger, in block ${blockNumber} (transaction ${transactionHash}).`,
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`${path} cannot be read.`, { cause })
  }
}

/** A file holds a consent and its ending: to bring both would end at once what was meant to begin. */
function chosen(acts: readonly ExportedAct[], kind: ExportedKind | undefined): ExportedAct {
  const fitting = kind ? acts.filter((act) => act.kind === kind) : acts
  const [act] = fitting
  if (act && fitting.length === 1) return act
  const kinds = acts.map((one) => one.kind).join(', ')
  throw new UsageError(`The file holds these acts: ${kinds}. Say which one to submit by --act.`)
}

await runProgram('submit', async (args, env) => {
  const [path, ...rest] = args
  if (args.includes('--help')) return { json: usage, text: usage }
  if (path === undefined || path.startsWith('--')) throw new UsageError(`FILE comes first.\n${usage}`)
  return submitFile(path, readOptions(options, rest), env)
})
