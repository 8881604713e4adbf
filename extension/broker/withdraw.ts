import { type Tombstone, tombstoneTypedData } from '../../shared/protocol/dispute.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Commitment } from '../../shared/protocol/ids.ts'
import { requireConnection } from './accounts.ts'
import { limits } from './limits.ts'
import type { StoredRecord, World } from './ports.ts'
import { isPassing, submitAct } from './sponsor.ts'

/**
 * Marks a record as withdrawn on the ledger: signed once by the pseudonym that its author knows, stored, then submitted.
 * From the signature on it is offered to nobody. Throws CarekeyError `record-missing`.
 */
export async function withdraw(world: World, commitment: Commitment): Promise<void> {
  const record = await world.tables.records.get(commitment)
  if (!record) throw new CarekeyError('record-missing', 'There is no such record.')
  const tombstone = record.tombstone ?? (await sign(world, record))
  if (!record.tombstone) {
    await world.tables.records.put(commitment, { ...record, tombstone })
    await world.log.append({
      event: 'withdrawn',
      organization: record.anchor.author,
      text: `You marked “${record.statement.title}” as withdrawn.`,
      details: { commitment },
    })
    world.changed()
  }
  await submit(world, record, tombstone).catch((error: unknown) => {
    if (!isPassing(error)) throw error
  })
  world.changed()
  world.backUp()
}

async function sign(world: World, { commitment, statement, anchor }: StoredRecord): Promise<Tombstone> {
  const deadline = Math.max(world.now(), await world.ledger.time()) + limits.disputeSeconds
  const data = tombstoneTypedData(world.network, { commitment, deadline })
  const signature = await world.vault.signAs(anchor.author, data)
  return { subject: statement.subject, commitment, deadline, signature }
}

async function submit(world: World, record: StoredRecord, tombstone: Tombstone): Promise<void> {
  const { voucher } = await requireConnection(world, record.anchor.author)
  if (!voucher) throw new CarekeyError('voucher-required', 'This organization has not vouched for you yet.')
  const isThere = async () => (await world.ledger.withdrawnAt(tombstone)) !== null
  await submitAct(world, record.relay, { kind: 'tombstone', tombstone, voucher }, isThere)
}

/** Withdrawals that had not reached the ledger. */
export async function finishWithdrawals(world: World): Promise<void> {
  for (const record of await world.tables.records.all()) {
    if (record.tombstone) await submit(world, record, record.tombstone).catch(() => undefined)
  }
}
