import {
  commitmentSchema,
  type OrganizationId,
  organizationIdSchema,
  pseudonymSchema,
} from '../protocol/ids.ts'
import { readTally, type Tally } from './attestations.ts'
import { inPieces } from './events.ts'
import { attestationsAbi } from './generated/attestations.ts'
import { consentsAbi } from './generated/consents.ts'
import { recordsAbi } from './generated/records.ts'
import { type Ledger, readHead, reading } from './ledger.ts'

/** How often something happened on the ledger; nothing of it is about one person. */
export interface LedgerTotals {
  /** Records that an author and a patient both signed */
  records: number
  grants: number
  revocations: number
  accesses: number
  deposits: DepositCounts
  /** For each organization that wrote anything */
  byAuthor: { author: OrganizationId; records: number; deposits: DepositCounts }[]
}

/** Deposits that were put to other organizations' votes, by where they stand. */
export interface DepositCounts {
  pending: number
  confirmed: number
  rejected: number
}

/** Counts everything since the deployment. */
export async function readTotals(ledger: Ledger): Promise<LedgerTotals> {
  const { consents } = ledger.deployment.contracts
  const of = { abi: consentsAbi, address: consents, strict: true } as const
  const [records, deposits, grants, revocations, accesses] = await Promise.all([
    readAllAnchored(ledger),
    readAllOpened(ledger),
    inPieces(ledger, {}, (blocks) =>
      ledger.client.getContractEvents({ ...of, eventName: 'Granted', ...blocks }),
    ),
    inPieces(ledger, {}, (blocks) =>
      ledger.client.getContractEvents({ ...of, eventName: 'Revoked', ...blocks }),
    ),
    inPieces(ledger, {}, (blocks) =>
      ledger.client.getContractEvents({ ...of, eventName: 'Accessed', ...blocks }),
    ),
  ])
  const head = await readHead(ledger)
  const standing = await Promise.all(
    deposits.map(async (deposit) => {
      const accepted = records.find(
        ({ commitment, author }) => commitment === deposit.commitment && author === deposit.author,
      )
      return { author: deposit.author, status: await statusOf(ledger, deposit, accepted, head.timestamp) }
    }),
  )
  const count = (author?: OrganizationId): DepositCounts => {
    const of = standing.filter((one) => author === undefined || one.author === author)
    const are = (status: Tally['status']) => of.filter((one) => one.status === status).length
    return { pending: are('pending'), confirmed: are('confirmed'), rejected: are('rejected') }
  }
  const authors = [...new Set([...records, ...deposits].map(({ author }) => author))]
  return {
    records: records.length,
    grants: grants.length,
    revocations: revocations.length,
    accesses: accesses.length,
    deposits: count(),
    byAuthor: authors.map((author) => ({
      author,
      records: records.filter((record) => record.author === author).length,
      deposits: count(author),
    })),
  }
}

type Opened = Awaited<ReturnType<typeof readAllOpened>>[number]
type Anchored = Awaited<ReturnType<typeof readAllAnchored>>[number]

/** The event of a deposit names no patient: before the patient's own acceptance the votes alone decide. */
async function statusOf(
  ledger: Ledger,
  { id, author, commitment, votingUntil }: Opened,
  accepted: Anchored | undefined,
  now: number,
): Promise<Tally['status']> {
  if (accepted) return (await readTally(ledger, { author, commitment, subject: accepted.subject })).status
  if (now < votingUntil) return 'pending'
  const { attestations: address } = ledger.deployment.contracts
  if (!address) return 'none'
  const [voters, choices] = await reading(
    ledger.client.readContract({ abi: attestationsAbi, address, functionName: 'votesOn', args: [id] }),
  )
  const approvals = choices.filter((choice) => choice === 1).length
  return approvals * 2 > voters.length ? 'pending' : 'rejected'
}

async function readAllAnchored(ledger: Ledger) {
  const ask = (eventName: 'Anchored' | 'Superseded') =>
    inPieces(ledger, {}, (blocks) =>
      ledger.client.getContractEvents({
        abi: recordsAbi,
        address: ledger.deployment.contracts.records,
        eventName,
        strict: true,
        ...blocks,
      }),
    )
  const logs = (await Promise.all([ask('Anchored'), ask('Superseded')])).flat()
  return logs.map(({ args }) => ({
    commitment: commitmentSchema.parse(args.commitment),
    author: organizationIdSchema.parse(args.author),
    subject: pseudonymSchema.parse(args.subject),
  }))
}

async function readAllOpened(ledger: Ledger) {
  const { attestations: address } = ledger.deployment.contracts
  if (!address) return []
  const logs = await inPieces(ledger, {}, (blocks) =>
    ledger.client.getContractEvents({
      abi: attestationsAbi,
      address,
      eventName: 'DepositOpened',
      strict: true,
      ...blocks,
    }),
  )
  return logs.map(({ args }) => ({
    id: args.id,
    author: organizationIdSchema.parse(args.author),
    commitment: commitmentSchema.parse(args.commitment),
    votingUntil: Number(args.votingUntil),
  }))
}
