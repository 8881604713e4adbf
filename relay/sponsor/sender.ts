import { type Hex, keccak256, type PublicClient } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { asLedgerError } from '../../shared/contracts/refusals.ts'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { LedgerOfActs, QueuedAct, SentAct } from './ledger-of-acts.ts'

export interface SenderParts {
  acts: LedgerOfActs
  account: PrivateKeyAccount
  client: PublicClient
  chainId: number
  clock: Clock
  log: Log
}

/**
 * Brings queued acts to the ledger from one account. A transaction is signed once, kept, and only then sent; after a crash the same bytes are sent
 * again, so that no act ever has two transactions and no nonce two acts.
 */
export class Sender {
  readonly #parts: SenderParts
  #wanted = false
  #running: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #stopped = false
  #chainNoted = false

  constructor(parts: SenderParts) {
    this.#parts = parts
  }

  start(): void {
    void this.kick()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#running
  }

  /** Looks at the queue now; resolves when there is nothing more to do at once. Never rejects. */
  kick(): Promise<void> {
    this.#wanted = true
    this.#running ??= this.#drain().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #drain(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false
      try {
        await this.#round()
      } catch (error) {
        this.#parts.log.warn('the sponsor cannot reach the ledger', { reason: asLedgerError(error).reason })
      }
    }
    const { acts } = this.#parts
    if (this.#stopped || (acts.sent().length === 0 && acts.nextQueued() === null)) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.kick(), relayLimits.sponsorPollMs)
    this.#timer.unref()
  }

  async #round(): Promise<void> {
    await this.#noteChain()
    await this.#settle()
    if (await this.#fill()) await this.#settle()
  }

  async #noteChain(): Promise<void> {
    if (this.#chainNoted) return
    const { hash } = await this.#parts.client.getBlock({ blockNumber: 0n })
    if (this.#parts.acts.noteChain(hash)) this.#parts.log.warn('the ledger is another than before')
    this.#chainNoted = true
  }

  /** Signs and sends what waits, oldest first. Returns whether anything was sent. */
  async #fill(): Promise<boolean> {
    const { acts } = this.#parts
    let sent = false
    let inFlight = acts.sent()
    for (let act = acts.nextQueued(); act && !this.#stopped; act = acts.nextQueued()) {
      if (inFlight.length >= relayLimits.sponsorInFlight) break
      const transaction = await this.#sign(act, inFlight)
      if (!transaction) continue
      acts.sign(act, transaction)
      inFlight = acts.sent()
      await this.#send(transaction.raw)
      sent = true
    }
    return sent
  }

  /** Null when the act would be refused by now; then it has failed and cost nothing. */
  async #sign(
    act: QueuedAct,
    inFlight: readonly SentAct[],
  ): Promise<{ nonce: number; raw: Hex; hash: Hex } | null> {
    const { acts, account, client, chainId } = this.#parts
    let gas: bigint
    try {
      gas = await client.estimateGas({ account: account.address, to: act.target, data: act.data })
    } catch (error) {
      const refused = asLedgerError(error)
      if (refused.reason === 'ledger-unreachable') throw error
      acts.failed(act, refused.reason)
      return null
    }
    const last = inFlight.at(-1)
    const [nonce, fees] = await Promise.all([
      last ? last.nonce + 1 : client.getTransactionCount({ address: account.address, blockTag: 'pending' }),
      client.estimateFeesPerGas(),
    ])
    const raw = await account.signTransaction({
      type: 'eip1559',
      chainId,
      nonce,
      to: act.target,
      data: act.data,
      gas: clampGas(gas),
      maxFeePerGas: fees.maxFeePerGas,
      maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
    })
    return { nonce, raw, hash: keccak256(raw) }
  }

  async #send(raw: Hex): Promise<void> {
    try {
      await this.#parts.client.sendRawTransaction({ serializedTransaction: raw })
    } catch (error) {
      // Known already, or not reached: the receipt decides, and what has none is sent again.
      this.#parts.log.warn('a transaction was not taken at once', { reason: asLedgerError(error).reason })
    }
  }

  async #settle(): Promise<void> {
    for (const act of this.#parts.acts.sent()) {
      if (this.#stopped) return
      await this.#settleOne(act)
    }
  }

  async #settleOne(act: SentAct): Promise<void> {
    const { acts, client, clock, account } = this.#parts
    const receipt = await client.getTransactionReceipt({ hash: act.transaction_hash }).catch(nullIfMissing)
    if (receipt?.status === 'success') acts.mined(act, Number(receipt.blockNumber))
    else if (receipt) acts.failed(act, 'ledger-refused')
    else if (clock() - act.sent_ms >= relayLimits.sponsorResendMs || !this.#seen.has(act.transaction_hash)) {
      // What a former process signed is sent at once: it may never have left.
      this.#seen.add(act.transaction_hash)
      const used = await client.getTransactionCount({ address: account.address })
      const late =
        used > act.nonce
          ? await client.getTransactionReceipt({ hash: act.transaction_hash }).catch(nullIfMissing)
          : null
      if (late) return this.#settleOne(act)
      if (used > act.nonce) acts.requeue(act)
      else {
        acts.sentAgain(act)
        await this.#send(act.raw)
      }
      return
    } else return
    this.#seen.delete(act.transaction_hash)
  }

  readonly #seen = new Set<Hex>()
}

/** An estimate is exact for the newest block; a storage slot may be colder in the next. */
const clampGas = (estimate: bigint): bigint => {
  const wanted = (estimate * 13n) / 10n
  return wanted > BigInt(relayLimits.sponsorGasMax) ? BigInt(relayLimits.sponsorGasMax) : wanted
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && error.name === 'TransactionReceiptNotFoundError') return null
  throw error
}
