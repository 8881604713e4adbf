import { describe, expect, it } from 'vitest'
import type { GrantView } from '../../snapshots.ts'
import { grantedInWords, isLive, openedInWords } from './grants.ts'

const now = Date.parse('2026-11-20T14:00:00+01:00') / 1000
const reader = { now, locale: 'en-GB', timeZone: 'Europe/Stockholm' }

describe('a consent in words', () => {
  it('says what and until when', () => {
    const grant = {
      records: [{ category: 'laboratory' }],
      notAfter: now + 24 * 60 * 60,
      reviewFor: null,
    } as unknown as GrantView
    expect(grantedInWords(grant, reader)).toBe('1 laboratory report, until tomorrow, 14:00')
  })

  it('says whose record is checked, and until when', () => {
    const grant = {
      status: 'active',
      records: [{ category: 'laboratory', title: 'Lipid panel' }],
      notAfter: now + 24 * 60 * 60,
      reviewFor: { name: 'St. Brigid Hospital' },
    } as unknown as GrantView
    const what = '“Lipid panel” for St. Brigid Hospital, until tomorrow, 14:00'
    expect(grantedInWords(grant, reader)).toBe(`Checks ${what}`)
    expect(grantedInWords({ ...grant, status: 'revoked' }, reader)).toBe(`Was to check ${what}`)
  })

  it('is live until its end is final', () => {
    expect((['submitting', 'active', 'revoking'] as const).every((status) => isLive({ status }))).toBe(true)
    expect((['revoked', 'expired', 'failed'] as const).some((status) => isLive({ status }))).toBe(false)
  })

  it('names each opened record once', () => {
    const records = [
      { commitment: '0x1', title: 'Complete blood count' },
      { commitment: '0x2', title: 'Lipid panel' },
    ]
    const opened = (...commitments: (string | null)[]) =>
      openedInWords({
        records,
        opened: commitments.map((commitment) => ({ commitment })),
      } as unknown as GrantView)
    expect(opened()).toBe('has opened nothing so far')
    expect(opened('0x1', '0x1', null)).toBe('has already opened “Complete blood count”')
    expect(opened(null)).toBe('has already opened some of it')
  })
})
