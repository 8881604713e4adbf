import { describe, expect, it } from 'vitest'
import type { BillView } from '../../snapshots.ts'
import { record } from '../stories/sample.ts'
import { histories, servicesInWords } from './bills.ts'

const usd = (minor: number) => ({ minor, currency: 'USD' })
const eur = (minor: number) => ({ minor, currency: 'EUR' })
const bill = (date: string, more: Partial<BillView['bill']>): BillView => ({
  record: record('Bill', 'billing', date.slice(0, 10)),
  bill: { date, lines: [], settled: false, ...more },
  dispute: null,
})

describe('histories', () => {
  it('adds by month, none left out', () => {
    const [history, ...others] = histories([
      bill('2026-09-03', { total: usd(26_552), insurerPart: usd(11_242), due: usd(15_310) }),
      bill('2026-09-20T09:00:00Z', { total: usd(10), due: usd(10) }),
      bill('2026-11-01', { total: usd(100), insurerPart: usd(100), due: usd(0) }),
    ])
    expect(others).toEqual([])
    expect(history).toEqual({
      currency: 'USD',
      billed: usd(26_662),
      insurer: usd(11_342),
      own: usd(15_320),
      due: usd(15_320),
      months: [
        { month: '2026-09', insurer: usd(11_242), own: usd(15_320) },
        { month: '2026-10', insurer: usd(0), own: usd(0) },
        { month: '2026-11', insurer: usd(100), own: usd(0) },
      ],
    })
  })

  it('keeps currencies apart', () => {
    const found = histories([bill('2026-09-03', { total: usd(10) }), bill('2026-09-03', { total: eur(20) })])
    expect(found.map(({ billed }) => billed)).toEqual([eur(20), usd(10)])
    expect(found.map(({ own }) => own)).toEqual([eur(20), usd(10)])
  })

  it('counts what an insurer pays in another currency there, and no own part', () => {
    const [euros, dollars] = histories([
      bill('2026-09-03', { total: usd(1_000), insurerPart: eur(400) }),
      bill('2026-09-03', { total: eur(100) }),
    ])
    expect(euros).toMatchObject({ billed: eur(100), insurer: eur(400), own: eur(100) })
    expect(dollars).toMatchObject({ billed: usd(1_000), insurer: usd(0), own: usd(0) })
  })

  it('counts a settled bill as paid, and not as due', () => {
    const [history] = histories([bill('2026-09-03', { total: eur(50), due: eur(0), settled: true })])
    expect(history).toMatchObject({ own: eur(50), due: eur(0) })
  })

  it('shows the newest two years of a long history', () => {
    const [history] = histories([
      bill('1999-01-01', { total: eur(1) }),
      bill('2026-02-01', { total: eur(2) }),
    ])
    expect(history?.billed).toEqual(eur(3))
    expect(history?.months.map(({ month }) => month).slice(0, 1)).toEqual(['2024-03'])
    expect(history?.months).toHaveLength(24)
  })

  it('has nothing to say of bills without an amount', () => {
    expect(histories([bill('2026-09-03', {})])).toEqual([])
  })
})

describe('servicesInWords', () => {
  const of = (...labels: string[]) =>
    servicesInWords({ settled: false, lines: labels.map((label) => ({ label })) })

  it('names a few and counts the rest', () => {
    expect(of('Visit')).toBe('Visit')
    expect(of('Visit', 'Film', 'Visit')).toBe('Visit and Film')
    expect(of('Visit', 'Film', 'Copy', 'Stamp')).toBe('Visit, Film and 2 more')
    expect(of()).toBe('')
  })
})
