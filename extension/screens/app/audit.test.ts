import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../snapshots.ts'
import { organizationsIn, perDay, select } from './audit.ts'

const entry = (
  id: string,
  at: number,
  source: AuditEntry['source'],
  organization: { id: string; name: string } | null,
) => ({ id, at, source, organization }) as AuditEntry
const clinic = { id: '0x1', name: 'Lindqvist Clinic' }
const hospital = { id: '0x2', name: 'St. Brigid Hospital' }
const entries = [
  entry('a', 1, 'here', null),
  entry('b', 3, 'ledger', hospital),
  entry('c', 2, 'relay', clinic),
  entry('d', 4, 'ledger', clinic),
]
const ids = (found: AuditEntry[]) => found.map(({ id }) => id).join('')

describe('the audit trail', () => {
  it('shows everything, newest first', () => {
    expect(ids(select(entries, 'all', 'all'))).toBe('dbca')
  })

  it('filters by who keeps the note and by organization', () => {
    expect(ids(select(entries, 'ledger', 'all'))).toBe('db')
    expect(ids(select(entries, 'all', '0x1'))).toBe('dc')
    expect(ids(select(entries, 'relay', '0x2'))).toBe('')
  })

  it('names each organization once', () => {
    expect(organizationsIn(entries)).toEqual([
      ['0x1', 'Lindqvist Clinic'],
      ['0x2', 'St. Brigid Hospital'],
    ])
  })

  it('keeps a day together', () => {
    const days = perDay(select(entries, 'all', 'all'), (at) => (at > 2 ? 'Today' : 'Yesterday'))
    expect(days.map(({ day, entries: ofDay }) => [day, ids(ofDay)])).toEqual([
      ['Today', 'db'],
      ['Yesterday', 'ca'],
    ])
  })
})
