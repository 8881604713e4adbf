import { bytesToHex, randomBytes } from '@noble/hashes/utils.js'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { emptyHead, follow, verifyChain } from './log-chain.ts'
import { type LogEntry, type LogHead, logEntrySchema, logHeadSchema } from './schemas.ts'
import type { OpenTable, Store } from './store.ts'

export type LogLine = Pick<LogEntry, 'event' | 'organization' | 'text' | 'details'>

export interface Log {
  append(line: LogLine): Promise<void>
  /** Every line of every chain, oldest first. `sequence` is the place in this list, from 1. */
  all(): Promise<(LogLine & { sequence: number; at: number; hash: string })[]>
  /** Whether every chain is whole; else how many are not, or have lines that cannot be read. */
  verify(): Promise<{ broken: number }>
}

/** The id in `log-heads` of the chain that this browser writes to. */
export const ownHead = 'own'

export const logTables = (store: Store) => ({
  entries: store.table('log', logEntrySchema),
  heads: store.table('log-heads', logHeadSchema),
})

export const entryId = (entry: Pick<LogEntry, 'chain' | 'sequence'>) => `${entry.chain}/${entry.sequence}`

/** @param now Unix seconds */
export function openLog(store: Store, now: () => number): Log {
  const { entries, heads } = logTables(store)
  let turn: Promise<unknown> = Promise.resolve()

  const append = async (line: LogLine): Promise<void> => {
    // Behind a damaged head a new chain begins; the old one stays, and shows as broken.
    const before =
      (await heads.get(ownHead).catch(unlessDamaged)) ?? emptyHead(`0x${bytesToHex(randomBytes(32))}`)
    const { entry, head } = follow(before, { ...line, at: now() })
    // One transaction: an entry without its head, or the reverse, would look like tampering.
    await store.write([await entries.row(entryId(entry), entry), await heads.row(ownHead, head)])
  }

  return {
    append(line) {
      const done = turn.then(() => append(line))
      turn = done.catch(() => undefined)
      return done
    },
    async all() {
      const sorted = (await entries.all()).sort(
        (a, b) => a.at - b.at || a.chain.localeCompare(b.chain) || a.sequence - b.sequence,
      )
      return sorted.map(({ at, event, organization, text, details, hash }, index) => ({
        sequence: index + 1,
        at,
        event,
        organization,
        text,
        details,
        hash,
      }))
    },
    async verify() {
      const chains = await readChains(entries, heads)
      return { broken: chains.filter((chain) => !verifyChain(chain.entries, chain.head).whole).length }
    },
  }
}

function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof CarekeyError) || error.reason !== 'record-damaged') throw error
}

export interface Chain {
  head: LogHead
  entries: LogEntry[]
}

/** Every chain that has a head or an entry; one without a head is judged against an empty one, and so broken. */
export async function readChains(entries: OpenTable<LogEntry>, heads: OpenTable<LogHead>): Promise<Chain[]> {
  const chains = new Map<string, Chain>()
  for (const head of await heads.all()) chains.set(head.chain, { head, entries: [] })
  for (const entry of await entries.all()) {
    const chain = chains.get(entry.chain) ?? { head: emptyHead(entry.chain), entries: [] }
    chain.entries.push(entry)
    chains.set(entry.chain, chain)
  }
  return [...chains.values()]
}
