import type { BillView } from '../../snapshots.ts'
import { day, hospital, labSummary, record, statementOf, status, storyNow } from './sample.ts'
import { deposit } from './sample-requests.ts'
import { type Answers, app, type Story } from './story.ts'

const usd = (minor: number) => ({ minor, currency: 'USD' })
const eur = (minor: number) => ({ minor, currency: 'EUR' })

const bill = (date: string, title: string, more: Partial<BillView['bill']>): BillView => ({
  record: record(title, 'billing', date, { practitioner: 'Billing office' }),
  bill: { date, lines: [], settled: false, ...more },
  dispute: null,
})

const visit = bill('2026-11-03', 'Bill for your visit of 3 November 2026', {
  number: '24616f54-735f-4f3c',
  lines: [
    { label: 'Encounter for check up' },
    { label: 'Influenza, seasonal, injectable, preservative free', amount: usd(14_052) },
  ],
  total: usd(26_552),
  insurer: 'Dual eligible',
  insurerPart: usd(11_242),
  due: usd(15_310),
})

const bills: BillView[] = [
  visit,
  bill('2026-10-29', 'Bill for your visit of 29 October 2026', {
    lines: [{ label: 'Encounter for symptom' }, { label: 'Chest X-ray', amount: usd(83_665) }],
    total: usd(96_165),
    insurer: 'Dual eligible',
    insurerPart: usd(66_932),
    due: usd(29_233),
  }),
  bill('2026-07-14', 'Copies of your records', {
    number: '654321',
    lines: [{ label: 'Copy on paper, 48 pages', amount: eur(4_800) }],
    total: eur(4_800),
    due: eur(0),
    settled: true,
  }),
  {
    ...bill('2026-03-02', 'Bill for your visit of 2 March 2026', {
      total: usd(12_500),
      insurerPart: usd(0),
      due: usd(12_500),
    }),
    dispute: { reason: 'never-happened', status: 'open' },
  },
]

const waiting = record('Bill for your visit of 17 November 2026', 'billing', '2026-11-17')
const full: Answers = {
  'status.get': status,
  'bills.list': { bills, unreadable: 0 },
  'requests.list': {
    requests: [
      deposit({
        organization: hospital,
        expiresAt: storyNow + 6 * day,
        record: { statement: statementOf(waiting), summary: labSummary, issues: [] },
      }),
    ],
  },
}
const quiet: Answers = { ...full, 'requests.list': { requests: [] } }

/** The page of bills. */
export const billStories: Story[] = [
  app('bills', '/bills', full),
  app('bills-dispute', '/bills', quiet, {
    steps: [
      { click: 'Dispute “Bill for your visit of 3 November 2026”' },
      { click: 'Something in it is wrong', role: 'radio' },
    ],
  }),
  app('bills-empty', '/bills', { ...quiet, 'bills.list': { bills: [], unreadable: 0 } }),
  app('bills-unreadable', '/bills', { ...quiet, 'bills.list': { bills: [visit], unreadable: 2 } }),
  app('bills-loading', '/bills', { ...quiet, 'bills.list': 'no answer yet' }),
]
