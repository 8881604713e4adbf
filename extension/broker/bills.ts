import { fromBase64 } from '../../shared/protocol/base64.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { commitmentOf } from '../../shared/protocol/statement.ts'
import type { BillView } from '../snapshots.ts'
import { ownerToken } from './accounts.ts'
import { disputeView } from './dispute.ts'
import type { StoredRecord, World } from './ports.ts'
import { readOnce, recordView } from './views.ts'

export interface Bills {
  /** Newest first. */
  bills: BillView[]
  /** Kept, but not to be opened now: the relay that has them is away. */
  unreadable: number
}

/** Every bill that the patient keeps, the newest version of each, in figures. */
export async function listBills(world: World): Promise<Bills> {
  const once = readOnce(world)
  const records = await once.tables.records.all()
  const replaced = new Set(records.map(({ statement }) => statement.previous))
  const billing = records.filter(
    ({ statement, commitment }) => statement.category === 'billing' && !replaced.has(commitment),
  )
  const opened = await Promise.all(billing.map((record) => open(once, record).catch(() => undefined)))
  const bills = opened.flatMap((found) => found ?? [])
  return {
    bills: bills.sort((a, b) => dayOf(b).localeCompare(dayOf(a))),
    unreadable: opened.filter((found) => found === undefined).length,
  }
}

const dayOf = ({ bill, record }: BillView): string => (bill.date ?? record.period.end).slice(0, 10)

async function open(world: World, record: StoredRecord): Promise<BillView[]> {
  const { cid, fileKey, relay } = record
  // Without a token, too: what is on this computer opens while the relay is away.
  const token = await ownerToken(world, relay).catch(() => '')
  const read = await world.node.call('node.read', { cid, fileKey, relay, token })
  if (commitmentOf(fromBase64(read.statement)) !== record.commitment) {
    throw new CarekeyError('anchor-mismatch', 'What was found is another record than the one that was saved.')
  }
  const [view, dispute] = await Promise.all([recordView(world, record), disputeView(world, record)])
  const { bills = [] } = read.summary
  return bills.map((bill) => ({ record: view, bill, dispute }))
}
