import { formatEther } from 'viem'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Call } from '../calls.ts'
import { reading } from '../ledger.ts'
import { submit } from '../submit.ts'
import type { Outcome } from './command.ts'
import type { Context } from './context.ts'
import { lacksFunds } from './failure.ts'

/** Does an act, or with `--dry-run` tries it and says what it would cost. `what` reads "suspend St. Brigid Hospital". */
export async function act(context: Context, what: string, call: Call): Promise<Outcome> {
  const by = await context.actor()
  try {
    if (context.isDryRun) {
      const gas = await reading(context.ledger.client.estimateGas({ account: by, ...call }))
      return {
        json: { outcome: 'rehearsed', what, by, gas: Number(gas) },
        text: `Would ${what}, as ${by}, for about ${gas.toLocaleString('en')} gas. Nothing was sent.`,
      }
    }
    const { blockNumber, transactionHash, gasUsed } = await submit(await context.wallet(), call)
    return {
      json: {
        outcome: 'done',
        what,
        by,
        blockNumber: Number(blockNumber),
        transactionHash,
        gas: Number(gasUsed),
      },
      text: `Done in block ${blockNumber}: ${what} (${gasUsed.toLocaleString('en')} gas, transaction ${transactionHash}).`,
    }
  } catch (error) {
    throw await explained(context, by, error)
  }
}

/** What was asked for is so already: nothing is sent, and no error. */
export const unchanged = (text: string): Outcome => ({
  json: { outcome: 'unchanged', what: text },
  text: `Nothing to do: ${text}`,
})

async function explained({ ledger }: Context, by: `0x${string}`, error: unknown): Promise<unknown> {
  if (lacksFunds(error)) {
    const balance = await reading(ledger.client.getBalance({ address: by }))
    return new CarekeyError(
      'ledger-refused',
      `${by} holds ${formatEther(balance)} of the ledger's money, too little for this act: send it some, or act with another key.`,
      { cause: error },
    )
  }
  if (error instanceof CarekeyError && error.reason === 'forbidden') {
    return new CarekeyError(
      'forbidden',
      `${by} may not do this. "officers" lists who may; the admin appoints others by "appoint".`,
      { cause: error },
    )
  }
  if (error instanceof CarekeyError && typeof error.data.error === 'string') {
    return new CarekeyError(error.reason, `${error.message} (${error.data.error})`, { cause: error })
  }
  return error
}
