import {
  type Account,
  type Chain,
  type Hash,
  publicActions,
  type TransactionReceipt,
  type Transport,
  type WalletClient,
} from 'viem'
import { CarekeyError } from '../protocol/errors.ts'
import type { Call } from './calls.ts'
import { asLedgerError } from './refusals.ts'

/** A wallet that pays: account and chain are set. */
export type PayingWallet = WalletClient<Transport, Chain, Account>

const second = 1_000
/** Two blocks of a slow consortium. */
const receiptTimeoutMs = 60 * second
const pollingIntervalMs = 50

/**
 * Tries the call, sends it, waits until it is in a block. Throws a `CarekeyError`: the declared refusal before anything
 * is spent, `ledger-refused` if the world changed between trial and block, `ledger-unreachable`.
 */
export async function submit(
  wallet: PayingWallet,
  call: Call,
  signal?: AbortSignal,
): Promise<TransactionReceipt> {
  signal?.throwIfAborted()
  const client = wallet.extend(publicActions)
  let hash: Hash
  let receipt: TransactionReceipt
  try {
    // Gas is estimated here, and that is the trial: a call that reverts is never sent.
    hash = await wallet.sendTransaction({ ...call, account: wallet.account, chain: wallet.chain })
    receipt = await Promise.race([
      client.waitForTransactionReceipt({
        hash,
        timeout: receiptTimeoutMs,
        pollingInterval: pollingIntervalMs,
      }),
      aborted(signal),
    ])
  } catch (error) {
    if (signal?.aborted) throw error
    throw asLedgerError(error)
  }
  if (receipt.status === 'reverted') {
    throw new CarekeyError('ledger-refused', 'The ledger refused the act when it came to its block.', {
      data: { transactionHash: hash },
    })
  }
  return receipt
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
