import type { AuditEntry } from '../../snapshots.ts'

export type SourceFilter = 'all' | AuditEntry['source']

export const keptBy: Record<AuditEntry['source'], string> = {
  ledger: 'Kept by the ledger',
  relay: 'Kept by your relay',
  here: 'Kept in this browser',
}

/** Newest first; `all` keeps everything. */
export const select = (
  entries: readonly AuditEntry[],
  source: SourceFilter,
  organization: string,
): AuditEntry[] =>
  entries
    .filter((entry) => source === 'all' || entry.source === source)
    .filter((entry) => organization === 'all' || entry.organization?.id === organization)
    .sort((one, other) => other.at - one.at)

/** Each organization once, by name. */
export function organizationsIn(entries: readonly AuditEntry[]): [id: string, name: string][] {
  const names = new Map<string, string>()
  for (const { organization } of entries) if (organization) names.set(organization.id, organization.name)
  return [...names].sort(([, one], [, other]) => one.localeCompare(other))
}

/** Runs of entries that fall on one day of the reader. */
export function perDay(
  entries: readonly AuditEntry[],
  dayOf: (at: number) => string,
): { day: string; entries: AuditEntry[] }[] {
  const days: { day: string; entries: AuditEntry[] }[] = []
  for (const entry of entries) {
    const day = dayOf(entry.at)
    const last = days.at(-1)
    if (last?.day === day) last.entries.push(entry)
    else days.push({ day, entries: [entry] })
  }
  return days
}
