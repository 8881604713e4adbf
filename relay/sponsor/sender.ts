import { type FeeValuesEIP1559, type Hex, keccak256, type PublicClient } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { asLedgerError } from '../../shared/contracts/refusals.ts'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Act } from './acts.ts'
import type { LedgerOfActs, MinedAct, QueuedAct, SentAct } from './ledger-of-acts.ts'

export interface SenderParts {
  acts: LedgerOfActs
  account: PrivateKeyAccount
  client: PublicClient
  chainId: number
  /** Blocks on top of an act's own before it counts as final. */
  confirmations: number
  clock: Clock
  log: Log
}

/** The ledger as one look at it begins. */
interface Head {
  hash: Hex
  /** The newest final block; below 0 while there is none. */
  final: number
  /** Nonces of ours that the newest block, and the newest final one, leave behind. */
  used: number
  usedFinally: number
}

/**
 * Brings queued acts to the ledger from one account. A transaction is signed once, kept, and only then sent; after a crash the same bytes are sent
 * again, so that no act ever has two transactions and no nonce two acts. What a reorganization takes before it is final is sent again likewise.
 */
export class Sender {
  readonly #parts: SenderParts
  #wanted = false
  #running: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #stopped = false
  #chainNoted = false
  #settledHead: Hex | null = null
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

  /** Looks again at an act that was final. Returns whether the ledger has lost it; it is then brought there again. */
  async recheck({ digest, subject }: Pick<Act, 'digest' | 'subject'>): Promise<boolean> {
    const act = this.#parts.acts.minedAct(digest, subject)
    return act !== null && this.#reopenIfLost(act)
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
    let free = relayLimits.sponsorInFlight - inFlight.filter((act) => act.block_hash === null).length
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
    const open = this.#parts.acts.sent()
    const [first] = open
    if (!first) return false
    const head = await this.#head()
    // A nonce before all that wait is free again: nothing moves until what had it is back.
    const lost = first.nonce > head.used ? this.#parts.acts.minedWith(head.used) : null
    let moved = lost !== null && (await this.#reopenIfLost(lost))
    for (const act of open) {
      if (this.#stopped) return moved
      if (act.block_hash !== null && head.hash === this.#settledHead) continue
      moved = (await this.#settleOne(act, head)) || moved
    }
    this.#settledHead = head.hash
    return moved
  }

  async #head(): Promise<Head> {
    const { client, account, confirmations } = this.#parts
    const { address } = account
    const { hash, number } = await client.getBlock({ blockTag: 'latest' })
    const final = Number(number) - confirmations
    const used = await client.getTransactionCount({ address, blockNumber: number })
    if (confirmations === 0) return { hash, final, used, usedFinally: used }
    const usedFinally =
      final < 0 ? 0 : await client.getTransactionCount({ address, blockNumber: BigInt(final) })
    return { hash, final, used, usedFinally }
  }

  /** `head` is older than the receipt: a nonce that is used by then has its receipt by now, if it is ours. */
  async #settleOne(act: SentAct, head: Head): Promise<boolean> {
    const { acts, client, clock } = this.#parts
    const receipt = await client.getTransactionReceipt({ hash: act.transaction_hash }).catch(nullIfMissing)
    if (receipt) {
      const block = { number: Number(receipt.blockNumber), hash: receipt.blockHash }
      if (block.number > head.final) {
        if (act.block_hash === block.hash) return false
        acts.included(act, block)
        return true
      }
      if (receipt.status === 'success') acts.mined(act, block)
      else acts.failed(act, 'ledger-refused')
    } else if (head.usedFinally > act.nonce) {
      acts.requeue(act)
    } else {
      // What a former process signed may never have left it; what left may have been dropped, and what was in a block taken out.
      const isLate = clock() - act.sent_ms >= relayLimits.sponsorResendMs
      const isTaken = act.block_hash !== null
      if (this.#sentHere.has(act.transaction_hash) && !isLate && !isTaken) return false
      acts.sentAgain(act)
      await this.#send(act.raw)
      return true
    }
    this.#sentHere.delete(act.transaction_hash)
    return true
  }

  /** Asks for the block and not the receipt: a node may forget old receipts. */
  async #reopenIfLost(act: MinedAct): Promise<boolean> {
    if (act.block_hash === null) return false
    const { client, acts, log } = this.#parts
    const blockNumber = BigInt(act.block_number)
    const block = await client.getBlock({ blockNumber }).catch(nullIfMissing)
    if (block?.hash === act.block_hash) return false
    acts.reopen(act)
    log.warn('the ledger has lost an act that was final')
    return true
  }
}

/** An estimate is exact for the newest block; a storage slot may be colder in the next. */
const clampGas = (estimate: bigint): bigint => {
  const wanted = (estimate * 13n) / 10n
  return wanted > BigInt(relayLimits.sponsorGasMax) ? BigInt(relayLimits.sponsorGasMax) : wanted
}

const missing: ReadonlySet<string> = new Set(['TransactionReceiptNotFoundError', 'BlockNotFoundError'])

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && missing.has(error.name)) return null
  throw error
}
