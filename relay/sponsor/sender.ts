import { type FeeValuesEIP1559, type Hex, keccak256, type PublicClient, type TransactionReceipt } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { readBatchBlock } from '../../shared/contracts/batches.ts'
import type { Ledger } from '../../shared/contracts/ledger.ts'
import { asLedgerError } from '../../shared/contracts/refusals.ts'
import type { Reason } from '../../shared/protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Act } from './acts.ts'
import { isOutbid, outbid, pricesNow } from './fees.ts'
import {
  type Block,
  formerOf,
  type LedgerOfActs,
  type MinedAct,
  type QueuedAct,
  type SentAct,
} from './ledger-of-acts.ts'

export interface SenderParts {
  acts: LedgerOfActs
  account: PrivateKeyAccount
  ledger: Ledger
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
 * again, so that no nonce ever has two acts. What a reorganization takes before it is final is sent again likewise. One that pays too little for
 * its time is replaced by one with the same nonce, so that still only one of them can be mined.
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
    const { acts } = this.#parts
    const act = (await acts.minedAct(digest, subject)) ?? (await this.#minedBatch(digest, subject))
    return act !== null && (await this.#reopenIfLost(act))
  }

  async #minedBatch(digest: Hex, subject: Hex): Promise<MinedAct | null> {
    const batch = await this.#parts.acts.batchOf(digest, subject)
    return batch && this.#parts.acts.minedAct(batch.digest, batch.subject)
  }

  get #client(): PublicClient {
    return this.#parts.ledger.client
  }

  async #drain(): Promise<void> {
    let isIdle = false
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false
      try {
        await this.#parts.acts.alone(() => this.#round())
        isIdle = await this.#isIdle()
      } catch (error) {
        isIdle = false
        this.#parts.log.warn('the sponsor cannot reach the ledger', { reason: asLedgerError(error).reason })
      }
    }
    if (this.#stopped || isIdle) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.kick(), relayLimits.sponsorPollMs)
    this.#timer.unref()
  }

  async #isIdle(): Promise<boolean> {
    const { acts } = this.#parts
    return (await acts.nextQueued()) === null && (await acts.sent()).length === 0
  }

  /** Until nothing moves any more: the rest waits for blocks. */
  async #round(): Promise<void> {
    await this.#noteChain()
    let moved = await this.#settle()
    while ((await this.#fill()) || moved) moved = await this.#settle()
  }

  async #noteChain(): Promise<void> {
    if (this.#chainNoted) return
    const { hash } = await this.#client.getBlock({ blockNumber: 0n })
    if (await this.#parts.acts.noteChain(hash)) this.#parts.log.warn('the ledger is another than before')
    this.#chainNoted = true
  }

  /** Signs and sends what waits, oldest first. Returns whether anything was sent. */
  async #fill(): Promise<boolean> {
    const { acts, account } = this.#parts
    if ((await acts.nextQueued()) === null) return false
    const fees = await pricesNow(this.#client)
    if (fees === null) return false
    const inFlight = await acts.sent()
    const last = inFlight.at(-1)
    let nonce = last
      ? last.nonce + 1
      : await this.#client.getTransactionCount({ address: account.address, blockTag: 'pending' })
    let free = relayLimits.sponsorInFlight - inFlight.filter((act) => act.block_hash === null).length
    let sent = false
    for (
      let act = await acts.nextQueued();
      act && free > 0 && !this.#stopped;
      act = await acts.nextQueued()
    ) {
      const gas = await this.#estimate(act)
      if (gas === null) continue
      const raw = await this.#sign(act, nonce, gas, fees)
      await acts.sign(act, { nonce, raw, hash: keccak256(raw) })
      await this.#send(raw)
      nonce += 1
      free -= 1
      sent = true
    }
    return sent
  }

  /** Null when the act would be refused by now, or takes more than anybody is paid; then it has failed and cost nothing. */
  async #estimate(act: QueuedAct): Promise<bigint | null> {
    const { account } = this.#parts
    try {
      const gas = await this.#client.estimateGas({ account: account.address, to: act.target, data: act.data })
      if (gas <= BigInt(relayLimits.sponsorGasMax)) return gas
      await this.#fail(act, 'budget-spent')
    } catch (error) {
      const refused = asLedgerError(error)
      if (refused.reason === 'ledger-unreachable') throw error
      await this.#fail(act, refused.reason)
    }
    return null
  }

  /** Somebody may have posted our root before us: then what lies under it is on the ledger all the same. */
  async #fail(act: QueuedAct, reason: Reason): Promise<void> {
    const { acts, ledger } = this.#parts
    const kind = act.kind === 'grant-batch' ? 'grant' : act.kind === 'anchor-batch' ? 'anchor' : null
    const number = kind && (await readBatchBlock(ledger, kind, act.digest))
    if (number === null) return acts.failed(act, reason)
    const { hash } = await this.#client.getBlock({ blockNumber: BigInt(number) })
    await acts.mined(act, { number, hash }, null)
  }

  #sign(act: QueuedAct, nonce: number, gas: bigint, fees: FeeValuesEIP1559): Promise<Hex> {
    const { account, ledger } = this.#parts
    return account.signTransaction({
      type: 'eip1559',
      chainId: ledger.deployment.chainId,
      nonce,
      to: act.target,
      data: act.data,
      gas: withReserve(gas),
      maxFeePerGas: fees.maxFeePerGas,
      maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
    })
  }

  async #send(raw: Hex): Promise<void> {
    this.#sentHere.add(keccak256(raw))
    try {
      await this.#client.sendRawTransaction({ serializedTransaction: raw })
    } catch (error) {
      // Known already, or not reached: the receipt decides, and what has none is sent again.
      this.#parts.log.warn('a transaction was not taken at once', { reason: asLedgerError(error).reason })
    }
  }

  /** Looks what became of what was sent. Returns whether anything changed. */
  async #settle(): Promise<boolean> {
    const { acts } = this.#parts
    const open = await acts.sent()
    const [first] = open
    if (!first) return false
    const head = await this.#head()
    // A nonce before all that wait is free again: nothing moves until what had it is back.
    const lost = first.nonce > head.used ? await acts.minedWith(head.used) : null
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
    const { account, confirmations } = this.#parts
    const { address } = account
    const client = this.#client
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
    const { acts } = this.#parts
    const receipt = await this.#receiptOf(act)
    if (receipt) {
      const block = { number: Number(receipt.blockNumber), hash: receipt.blockHash }
      if (block.number > head.final) {
        if (act.block_hash === block.hash) return false
        await acts.included(act, block, receipt.transactionHash)
        return true
      }
      await this.#over(act, receipt, block)
    } else if (head.usedFinally > act.nonce) {
      await acts.requeue(act)
    } else {
      return await this.#sendAgain(act, head)
    }
    for (const hash of hashesOf(act)) this.#sentHere.delete(hash)
    return true
  }

  async #over(act: SentAct, receipt: TransactionReceipt, block: Block): Promise<void> {
    if (receipt.status === 'success') {
      await this.#parts.acts.mined(act, block, receipt.transactionHash)
    } else await this.#fail(act, 'ledger-refused')
  }

  /** Of whichever of its transactions a block has. */
  async #receiptOf(act: SentAct): Promise<TransactionReceipt | null> {
    for (const hash of hashesOf(act)) {
      const receipt = await this.#client.getTransactionReceipt({ hash }).catch(nullIfMissing)
      if (receipt) return receipt
    }
    return null
  }

  /** What a former process signed may never have left it; what left may have been dropped, taken out of its block, or outbid. */
  async #sendAgain(act: SentAct, head: Head): Promise<boolean> {
    const { acts, clock } = this.#parts
    const isLate = clock() - act.sent_ms >= relayLimits.sponsorResendMs
    const isTaken = act.block_hash !== null
    if (this.#sentHere.has(act.transaction_hash) && !isLate && !isTaken) return false
    const raw = (await this.#better(act, head)) ?? act.raw
    if (raw === act.raw) await acts.sentAgain(act)
    else await acts.replace(act, { raw, hash: keccak256(raw) })
    await this.#send(raw)
    return true
  }

  /** One that pays more, where this one has had its time: null to go on with it. */
  async #better(act: SentAct, { used }: Head): Promise<Hex | null> {
    const { account, clock } = this.#parts
    if (act.bid_ms === null || clock() - act.bid_ms < relayLimits.sponsorReplaceMs) return null
    const fees = await pricesNow(this.#client)
    // The first one holds up all others, whatever its reason; of those behind it only what it takes.
    if (fees === null || (act.nonce !== used && !isOutbid(act.raw, fees))) return null
    const better = outbid(act.raw, fees)
    return better && account.signTransaction(better)
  }

  /** Asks for the block and not the receipt: a node may forget old receipts. */
  async #reopenIfLost(act: MinedAct): Promise<boolean> {
    if (act.block_hash === null) return false
    const { acts, log } = this.#parts
    const blockNumber = BigInt(act.block_number)
    const block = await this.#client.getBlock({ blockNumber }).catch(nullIfMissing)
    if (block?.hash === act.block_hash) return false
    await acts.reopen(act)
    log.warn('the ledger has lost an act that was final')
    return true
  }
}

const hashesOf = (act: SentAct): Hex[] => [act.transaction_hash, ...formerOf(act)]

/** An estimate is exact for the newest block; a storage slot may be colder in the next. */
const withReserve = (estimate: bigint): bigint => (estimate * 13n) / 10n

const missing: ReadonlySet<string> = new Set(['TransactionReceiptNotFoundError', 'BlockNotFoundError'])

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && missing.has(error.name)) return null
  throw error
}
