import { keccak256 } from 'viem'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { canonicalBytes } from '../../shared/protocol/canonical.ts'
import { type DisputeReason, disputeTypedData, type SignedDispute } from '../../shared/protocol/dispute.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type Commitment, hash32Schema, NO_HASH } from '../../shared/protocol/ids.ts'
import type { BillDispute } from '../snapshots.ts'
import { requireConnection } from './accounts.ts'
import { limits } from './limits.ts'
import type { StoredRecord, World } from './ports.ts'
import { isPassing, submitAct } from './sponsor.ts'

/**
 * States on the ledger that a record or bill is wrong: signed once by the pseudonym that its author knows, stored, then
 * submitted. The ledger takes one dispute a record, for ever. Throws CarekeyError `dispute-exists`, `record-missing`.
 */
export async function dispute(
  world: World,
  commitment: Commitment,
  reason: DisputeReason,
  words = '',
): Promise<void> {
  const record = await world.tables.records.get(commitment)
  if (!record) throw new CarekeyError('record-missing', 'There is no such record.')
  if (record.dispute) throw new CarekeyError('dispute-exists', 'You have disputed this already.')
  // The ledger gets a hash alone, salted: nobody can try out what the words might have been.
  const disputeWords = words === '' ? undefined : { words, salt: hash32Schema.parse(randomSalt()) }
  const signed = await sign(world, record, reason, disputeWords)
  const said = disputeWords ? { dispute: signed, disputeWords } : { dispute: signed }
  await world.tables.records.put(commitment, { ...record, ...said })
  const { author } = record.anchor
  const { name } = await world.registry.view(author)
  await world.log.append({
    event: 'disputed',
    organization: author,
    text: `You disputed “${record.statement.title}” of ${name}.`,
    details: { commitment, reason },
  })
  world.changed()
  await submit(world, record, signed)
  world.changed()
  world.backUp()
}

async function sign(
  world: World,
  record: StoredRecord,
  reason: DisputeReason,
  words: StoredRecord['disputeWords'],
): Promise<SignedDispute> {
  const { subject } = record.statement
  const deadline = Math.max(world.now(), await world.ledger.time()) + limits.disputeSeconds
  const stated = { subject, commitment: record.commitment, reason, reasonHash: wordsHash(words), deadline }
  const data = disputeTypedData(world.network, stated)
  return { dispute: stated, signature: await world.vault.signAs(record.anchor.author, data) }
}

const wordsHash = (words: StoredRecord['disputeWords']) =>
  words ? keccak256(canonicalBytes(words)) : NO_HASH

async function submit(world: World, record: StoredRecord, signed: SignedDispute): Promise<void> {
  const { voucher } = await requireConnection(world, record.anchor.author)
  if (!voucher) throw new CarekeyError('voucher-required', 'This organization has not vouched for you yet.')
  const act = { kind: 'dispute' as const, ...signed, voucher }
  try {
    await submitAct(
      world,
      record.relay,
      act,
      async () => (await world.ledger.disputeOf(signed.dispute)) !== null,
    )
  } catch (error) {
    // What the ledger will never take must not stand here as if it might.
    if (!isPassing(error)) await takeBack(world, record.commitment)
    if (!isPassing(error)) throw error
  }
}

async function takeBack(world: World, commitment: Commitment): Promise<void> {
  const record = await world.tables.records.get(commitment)
  if (!record) return
  const { dispute: _, disputeWords: __, ...undisputed } = record
  await world.tables.records.put(commitment, undisputed)
}

/** Disputes that had not reached the ledger. */
export async function finishDisputes(world: World): Promise<void> {
  for (const record of await world.tables.records.all()) {
    if (record.dispute) await submit(world, record, record.dispute).catch(() => undefined)
  }
}

/** What was said against a record and what became of it; null where nothing was said. */
export async function disputeView(
  world: World,
  { dispute: signed }: StoredRecord,
): Promise<BillDispute | null> {
  if (!signed) return null
  const state = await world.ledger.disputeOf(signed.dispute).catch(() => null)
  return { reason: signed.dispute.reason, status: state?.status ?? 'waiting' }
}
