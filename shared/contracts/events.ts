import { z } from 'zod'
import {
  commitmentSchema,
  type GrantId,
  grantIdSchema,
  hash32Schema,
  NO_HASH,
  organizationIdSchema,
  type Pseudonym,
} from '../protocol/ids.ts'
import { decodePurpose } from '../protocol/purposes.ts'
import { consentsAbi } from './generated/consents.ts'
import { recordsAbi } from './generated/records.ts'
import { type Ledger, reading } from './ledger.ts'
import { isAnswered } from './refusals.ts'
import { wholeNumberSchema } from './seconds.ts'

/** Null for a code that is not ours: whoever holds a pseudonym's key can sign any. */
const purposeSchema = hash32Schema.transform((bytes) => {
  try {
    return decodePurpose(bytes)
  } catch {
    return null
  }
})

/** Where on the ledger something happened. */
export const placeSchema = z.object({
  blockNumber: wholeNumberSchema,
  /** Unix seconds of the block */
  timestamp: wholeNumberSchema,
  transactionHash: hash32Schema,
  logIndex: z.int().min(0),
})

const grantedSchema = placeSchema.extend({
  kind: z.literal('granted'),
  grant: grantIdSchema,
  grantee: organizationIdSchema,
  purpose: purposeSchema,
  notBefore: wholeNumberSchema,
  notAfter: wholeNumberSchema,
  scopeHash: hash32Schema,
})
const revokedSchema = placeSchema.extend({ kind: z.literal('revoked'), grant: grantIdSchema })
const accessedSchema = placeSchema.extend({
  kind: z.literal('accessed'),
  grant: grantIdSchema,
  grantee: organizationIdSchema,
  accessHash: hash32Schema,
})
const anchoredSchema = placeSchema.extend({
  kind: z.literal('anchored'),
  commitment: commitmentSchema,
  author: organizationIdSchema,
  previous: commitmentSchema.transform((previous) => (previous === NO_HASH ? null : previous)),
})

export type GrantedEvent = z.infer<typeof grantedSchema>
export type RevokedEvent = z.infer<typeof revokedSchema>
export type AccessedEvent = z.infer<typeof accessedSchema>
export type AnchoredEvent = z.infer<typeof anchoredSchema>
/** One line of the audit trail. */
export type LedgerEvent = GrantedEvent | RevokedEvent | AccessedEvent | AnchoredEvent

/** Both ends included; from the deployment to the newest block if left out. */
export interface BlockRange {
  fromBlock?: number
  toBlock?: number
}

/** How many grants one question about accesses names. */
const grantsPerQuestion = 200

/** Everything that the ledger holds about one pseudonym, oldest first. */
export async function readAuditTrail(
  ledger: Ledger,
  pseudonym: Pseudonym,
  range: BlockRange = {},
): Promise<LedgerEvent[]> {
  const [granted, revoked, anchored] = await Promise.all([
    readGranted(ledger, pseudonym),
    readRevoked(ledger, pseudonym, range),
    readAnchored(ledger, pseudonym, range),
  ])
  // Grants of any age: an access within the range may use one from before it.
  const accessed = await readAccessed(
    ledger,
    granted.map((event) => event.grant),
    range,
  )
  const from = range.fromBlock ?? 0
  const to = range.toBlock ?? Number.POSITIVE_INFINITY
  const inRange = granted.filter((event) => event.blockNumber >= from && event.blockNumber <= to)
  return [...inRange, ...revoked, ...accessed, ...anchored].sort(
    (a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex,
  )
}

/** The grants that a pseudonym gave, oldest first. */
export async function readGranted(
  ledger: Ledger,
  patient: Pseudonym,
  range: BlockRange = {},
): Promise<GrantedEvent[]> {
  const logs = await inPieces(ledger, range, (blocks) =>
    ledger.client.getContractEvents({
      abi: consentsAbi,
      address: ledger.deployment.contracts.consents,
      eventName: 'Granted',
      args: { patient },
      strict: true,
      ...blocks,
    }),
  )
  return Promise.all(
    logs.map(async (log) =>
      grantedSchema.parse({
        ...log.args,
        ...(await placeOf(ledger, log)),
        kind: 'granted',
        grant: log.args.id,
      }),
    ),
  )
}

/** The grants that a pseudonym took back, oldest first. */
export async function readRevoked(
  ledger: Ledger,
  patient: Pseudonym,
  range: BlockRange = {},
): Promise<RevokedEvent[]> {
  const logs = await inPieces(ledger, range, (blocks) =>
    ledger.client.getContractEvents({
      abi: consentsAbi,
      address: ledger.deployment.contracts.consents,
      eventName: 'Revoked',
      args: { patient },
      strict: true,
      ...blocks,
    }),
  )
  return Promise.all(
    logs.map(async (log) =>
      revokedSchema.parse({ ...(await placeOf(ledger, log)), kind: 'revoked', grant: log.args.id }),
    ),
  )
}

/** Who stated that it read under these grants, oldest first. */
export async function readAccessed(
  ledger: Ledger,
  grants: readonly GrantId[],
  range: BlockRange = {},
): Promise<AccessedEvent[]> {
  const events: AccessedEvent[] = []
  for (let from = 0; from < grants.length; from += grantsPerQuestion) {
    const id = grants.slice(from, from + grantsPerQuestion)
    const logs = await inPieces(ledger, range, (blocks) =>
      ledger.client.getContractEvents({
        abi: consentsAbi,
        address: ledger.deployment.contracts.consents,
        eventName: 'Accessed',
        args: { id },
        strict: true,
        ...blocks,
      }),
    )
    for (const log of logs) {
      const place = await placeOf(ledger, log)
      events.push(accessedSchema.parse({ ...log.args, ...place, kind: 'accessed', grant: log.args.id }))
    }
  }
  return events
}

/** The records anchored for a pseudonym, oldest first. */
export async function readAnchored(
  ledger: Ledger,
  subject: Pseudonym,
  range: BlockRange = {},
): Promise<AnchoredEvent[]> {
  const ask = (eventName: 'Anchored' | 'Superseded') =>
    inPieces(ledger, range, (blocks) =>
      ledger.client.getContractEvents({
        abi: recordsAbi,
        address: ledger.deployment.contracts.records,
        eventName,
        args: { subject },
        strict: true,
        ...blocks,
      }),
    )
  const logs = (await Promise.all([ask('Anchored'), ask('Superseded')])).flat()
  const events = await Promise.all(
    logs.map(async (log) =>
      anchoredSchema.parse({
        previous: NO_HASH,
        ...log.args,
        ...(await placeOf(ledger, log)),
        kind: 'anchored',
      }),
    ),
  )
  return events.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex)
}

interface Blocks {
  fromBlock: bigint
  toBlock: bigint
}

/** Public nodes bound the blocks or answers of one question, each in its own way: a refused range is halved. */
export async function inPieces<T>(
  ledger: Ledger,
  range: BlockRange,
  ask: (blocks: Blocks) => Promise<T[]>,
): Promise<T[]> {
  const first = BigInt(range.fromBlock ?? ledger.deployedAtBlock)
  const last = BigInt(range.toBlock ?? (await reading(ledger.client.getBlockNumber())))
  const piece = async (fromBlock: bigint, toBlock: bigint): Promise<T[]> => {
    try {
      return await ask({ fromBlock, toBlock })
    } catch (error) {
      if (fromBlock >= toBlock || !isAnswered(error)) throw error
      const middle = (fromBlock + toBlock) / 2n
      return [...(await piece(fromBlock, middle)), ...(await piece(middle + 1n, toBlock))]
    }
  }
  return first > last ? [] : reading(piece(first, last))
}

interface Log {
  blockNumber: bigint
  blockTimestamp?: bigint | null | undefined
  transactionHash: string
  logIndex: number
}

/** Older nodes leave the time out of a log; then its block is asked. */
export async function placeOf(ledger: Ledger, log: Log) {
  const { blockNumber, transactionHash, logIndex } = log
  const timestamp = log.blockTimestamp ?? (await reading(ledger.client.getBlock({ blockNumber }))).timestamp
  return { blockNumber, timestamp, transactionHash, logIndex }
}
