import type { Commitment } from '../../shared/protocol/ids.ts'
import type { Statement } from '../../shared/protocol/statement.ts'

export interface Versioned {
  commitment: Commitment
  statement: Pick<Statement, 'previous' | 'author' | 'issuedAt'>
}

/**
 * The record with all its versions, newest first. Only the first version's author can follow it up: another
 * organization that names a record as its previous one does not displace it.
 */
export function versionsOf<R extends Versioned>(records: readonly R[], commitment: Commitment): R[] {
  const byCommitment = new Map(records.map((record) => [record.commitment, record]))
  const start = byCommitment.get(commitment)
  if (!start) return []
  const chain = new Set([start])
  for (let older = previousOf(byCommitment, start); older && !chain.has(older); ) {
    chain.add(older)
    older = previousOf(byCommitment, older)
  }
  // Two follow-ups of one version are both shown.
  for (let grown = true; grown; ) {
    const before = chain.size
    for (const record of records) {
      const previous = previousOf(byCommitment, record)
      if (previous && chain.has(previous)) chain.add(record)
    }
    grown = chain.size > before
  }
  return [...chain].sort((a, b) => b.statement.issuedAt.localeCompare(a.statement.issuedAt))
}

/** Records that no later version of the same author replaces. */
export function latestVersions<R extends Versioned>(records: readonly R[]): R[] {
  const byCommitment = new Map(records.map((record) => [record.commitment, record]))
  const replaced = new Set(records.flatMap((record) => previousOf(byCommitment, record) ?? []))
  return records.filter((record) => !replaced.has(record))
}

function previousOf<R extends Versioned>(records: ReadonlyMap<Commitment, R>, record: R): R | undefined {
  const previous = record.statement.previous && records.get(record.statement.previous)
  if (!previous || previous === record) return undefined
  return previous.statement.author === record.statement.author ? previous : undefined
}
