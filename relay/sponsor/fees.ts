import {
  type FeeValuesEIP1559,
  type Hex,
  type PublicClient,
  parseTransaction,
  type TransactionSerializableEIP1559,
} from 'viem'
import { relayLimits } from '../limits.ts'

/** Nodes take a replacement only if both of its prices are a tenth higher; a little more than that. */
const raised = (price: bigint): bigint => (price * 9n) / 8n + 1n

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** What a transaction should pay now; null while that is more than the sponsor pays. */
export async function pricesNow(client: PublicClient): Promise<FeeValuesEIP1559 | null> {
  const fees = await client.estimateFeesPerGas()
  return fees.maxFeePerGas > relayLimits.sponsorMaxFeePerGas ? null : fees
}

/** Whether others pay more by now than this signed transaction offers. */
export const isOutbid = (raw: Hex, fees: FeeValuesEIP1559): boolean =>
  (parseTransaction(raw).maxFeePerGas ?? 0n) < fees.maxFeePerGas

/** The same call with the same nonce that pays more; null when that is more than the sponsor pays. */
export function outbid(raw: Hex, fees: FeeValuesEIP1559): TransactionSerializableEIP1559 | null {
  const {
    chainId,
    nonce,
    to,
    data,
    gas,
    maxFeePerGas = 0n,
    maxPriorityFeePerGas = 0n,
  } = parseTransaction(raw) as TransactionSerializableEIP1559
  const price = most(raised(maxFeePerGas), fees.maxFeePerGas)
  if (price > relayLimits.sponsorMaxFeePerGas) return null
  return {
    type: 'eip1559',
    chainId,
    nonce,
    to,
    data,
    gas,
    maxFeePerGas: price,
    maxPriorityFeePerGas: most(raised(maxPriorityFeePerGas), fees.maxPriorityFeePerGas),
  }
}
