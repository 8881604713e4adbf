import { type FeeValuesEIP1559, type Hex, keccak256, type PublicClient } from 'viem'
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
  readonly #sentHere = new Set<Hex>()

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

  /** Until nothing moves any more: the rest waits for blocks. */
  async #round(): Promise<void> {
    await this.#noteChain()
    let moved = await this.#settle()
    while ((await this.#fill()) || moved) moved = await this.#settle()
  }

  async #noteChain(): Promise<void> {
    if (this.#chainNoted) return
    const { hash } = await this.#parts.client.getBlock({ blockNumber: 0n })
    if (this.#parts.acts.noteChain(hash)) this.#parts.log.warn('the ledger is another than before')
    this.#chainNoted = true
  }

  /** Signs and sends what waits, oldest first. Returns whether anything was sent. */
  async #fill(): Promise<boolean> {
    const { acts, client, account } = this.#parts
    if (acts.nextQueued() === null) return false
    const fees = await client.estimateFeesPerGas()
    const inFlight = acts.sent()
    const last = inFlight.at(-1)
    let nonce = last
      ? last.nonce + 1
      : await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
    let free = relayLimits.sponsorInFlight - inFlight.length
    let sent = false
    for (let act = acts.nextQueued(); act && free > 0 && !this.#stopped; act = acts.nextQueued()) {
      const gas = await this.#estimate(act)
      if (gas === null) continue
      const raw = await this.#sign(act, nonce, gas, fees)
      acts.sign(act, { nonce, raw, hash: keccak256(raw) })
      await this.#send(raw)
      nonce += 1
      free -= 1
      sent = true
    }
    return sent
  }

  /** Null when the act would be refused by now; then it has failed and cost nothing. */
  async #estimate(act: QueuedAct): Promise<bigint | null> {
    const { acts, account, client } = this.#parts
    try {
      return await client.estimateGas({ account: account.address, to: act.target, data: act.data })
    } catch (error) {
      const refused = asLedgerError(error)
      if (refused.reason === 'ledger-unreachable') throw error
      acts.failed(act, refused.reason)
      return null
    }
  }

  #sign(act: QueuedAct, nonce: number, gas: bigint, fees: FeeValuesEIP1559): Promise<Hex> {
    const { account, chainId } = this.#parts
    const { maxFeePerGas, maxPriorityFeePerGas } = fees
    const call = { to: act.target, data: act.data, gas: clampGas(gas) }
    return account.signTransaction({
      type: 'eip1559',
      chainId,
      nonce,
      ...call,
      maxFeePerGas,
      maxPriorityFeePerGas,
    })
  }

  async #send(raw: Hex): Promise<void> {
    this.#sentHere.add(keccak256(raw))
    try {
      await this.#parts.client.sendRawTransaction({ serializedTransaction: raw })
    } catch (error) {
      // Known already, or not reached: the receipt decides, and what has none is sent again.
      this.#parts.log.warn('a transaction was not taken at once', { reason: asLedgerError(error).reason })
    }
  }

  /** Looks what became of what was sent. Returns whether anything changed. */
  async #settle(): Promise<boolean> {
    let moved = false
    for (const act of this.#parts.acts.sent()) {
      if (this.#stopped) break
      moved = (await this.#settleOne(act)) || moved
    }
    return moved
  }

  async #settleOne(act: SentAct): Promise<boolean> {
    const { acts, client, clock, account } = this.#parts
    // In this order: a nonce that is used by now has its receipt by now, if it is ours.
    const used = await client.getTransactionCount({ address: account.address })
    const receipt = await client.getTransactionReceipt({ hash: act.transaction_hash }).catch(nullIfMissing)
    if (receipt) {
      if (receipt.status === 'success') acts.mined(act, Number(receipt.blockNumber))
      else acts.failed(act, 'ledger-refused')
    } else if (used > act.nonce) {
      acts.requeue(act)
    } else {
      // What a former process signed may never have left it; what left may have been dropped.
      const isLate = clock() - act.sent_ms >= relayLimits.sponsorResendMs
      if (this.#sentHere.has(act.transaction_hash) && !isLate) return false
      acts.sentAgain(act)
      await this.#send(act.raw)
      return true
    }
    this.#sentHere.delete(act.transaction_hash)
    return true
  }
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
