import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { canonicalBytes } from '../../shared/protocol/canonical.ts'
import { NO_HASH } from '../../shared/protocol/ids.ts'
import type { LogEntry, LogHead } from './schemas.ts'

// Every entry holds the hash of the one before it, and the head the number of entries and the last hash: an edit,
// a gap, a swap or a cut end shows. It does not protect from who holds the data key.

type Unhashed = Omit<LogEntry, 'hash'>

/** SHA-256 over the canonical JSON of all the rest. */
export function hashOf(entry: Unhashed): LogEntry['hash'] {
  const { chain, sequence, at, event, organization, text, details, previousHash } = entry
  const hashed = { chain, sequence, at, event, organization, text, details, previousHash }
  return `0x${bytesToHex(sha256(canonicalBytes(hashed)))}`
}

export const emptyHead = (chain: LogHead['chain']): LogHead => ({ chain, length: 0, hash: NO_HASH })

/** The entry that follows the head, and the head after it. */
export function follow(
  head: LogHead,
  line: Pick<LogEntry, 'at' | 'event' | 'organization' | 'text' | 'details'>,
): { entry: LogEntry; head: LogHead } {
  const { at, event, organization, text, details } = line
  const place = { chain: head.chain, sequence: head.length + 1, previousHash: head.hash }
  const unhashed = { ...place, at, event, organization, text, details }
  const entry = { ...unhashed, hash: hashOf(unhashed) }
  return { entry, head: { chain: head.chain, length: entry.sequence, hash: entry.hash } }
}

export type Verdict = { whole: true } | { whole: false; sequence: number }

/** Whether one chain's entries are all there and unaltered, and else the first place that is wrong. */
export function verifyChain(entries: readonly LogEntry[], head: LogHead): Verdict {
  const sorted = [...entries].sort((a, b) => a.sequence - b.sequence)
  let expected = emptyHead(head.chain)
  for (const entry of sorted) {
    const { entry: right, head: next } = follow(expected, entry)
    const isRight =
      entry.chain === right.chain &&
      entry.sequence === right.sequence &&
      entry.previousHash === right.previousHash &&
      entry.hash === right.hash
    if (!isRight) return { whole: false, sequence: right.sequence }
    expected = next
  }
  if (expected.length !== head.length || expected.hash !== head.hash)
    return { whole: false, sequence: expected.length + 1 }
  return { whole: true }
}
