import { ReceiptText } from 'lucide'
import type { BillView, RequestView } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Card, Facts } from '../components/card.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { List } from '../components/list-row.tsx'
import { MonthBars } from '../components/month-bars.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { isOpen, RequestRow } from '../parts/request-row.tsx'
import { useAct, useSnapshot } from '../snapshot.ts'
import { currencyInWords, moneyInWords } from '../words/money.ts'
import { capitalized, monthInWords } from '../words/time.ts'
import { BillCard } from './bill-card.tsx'
import { type BillHistory, histories } from './bills.ts'
import './bills-page.css'

/** What hospitals want to be paid: what waits for an answer, what it comes to, and each bill. */
export function BillsPage() {
  const list = useSnapshot('bills.list', {})
  const requests = useSnapshot('requests.list', {})
  const waiting = requests.state === 'ready' ? requests.value.requests.filter(isWaitingBill) : []
  return (
    <>
      <div class="page-head">
        <h1>Bills</h1>
        <p class="muted">What your care costs, who pays which part of it, and what you said to each bill.</p>
      </div>
      {waiting.length > 0 && <Waiting requests={waiting} />}
      <Loaded snapshot={list} label="Opening your bills…">
        {({ bills, unreadable }) => (
          <>
            {unreadable > 0 && <Unreadable count={unreadable} />}
            {bills.length > 0 && <Found bills={bills} />}
            {bills.length === 0 && unreadable === 0 && waiting.length === 0 && <NoBills />}
          </>
        )}
      </Loaded>
    </>
  )
}

const isWaitingBill = (request: RequestView): boolean =>
  request.kind === 'deposit' && isOpen(request) && request.record?.statement.category === 'billing'

function NoBills() {
  return (
    <EmptyState icon={ReceiptText} title="No bills yet">
      <p>A hospital can send you its bills as it sends you records. You approve each, or dispute it.</p>
    </EmptyState>
  )
}

const Unreadable = ({ count }: { count: number }) => (
  <Banner tone="caution" title="Not everything could be opened">
    <p>
      {count === 1 ? '1 bill is' : `${count} bills are`} at your relay, which does not answer. The sums below
      are without {count === 1 ? 'it' : 'them'}. Nothing was lost; try again in a while.
    </p>
  </Banner>
)

function Waiting({ requests }: { requests: RequestView[] }) {
  const open = useAct((id: `0x${string}`) => ask('requests.open', { id }))
  return (
    <section class="stack-small">
      <h2>Waiting for your answer</h2>
      <List label="Waiting for your answer">
        {requests.map((request) => (
          <RequestRow key={request.id} request={request} onOpen={() => open.run(request.id)} />
        ))}
      </List>
      <Failure error={open.error} />
    </section>
  )
}

function Found({ bills }: { bills: BillView[] }) {
  return (
    <>
      {histories(bills).map((history) => (
        <History key={history.currency} history={history} />
      ))}
      <section class="stack-small">
        <h2>Every bill</h2>
        <ul class="bills" aria-label="Every bill">
          {bills.map((view, index) => (
            <li key={`${view.record.commitment} ${index}`}>
              <BillCard view={view} />
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

function History({ history }: { history: BillHistory }) {
  const { currency, billed, insurer, own, due, months } = history
  const name = currencyInWords(currency)
  return (
    <Card title={`In ${name}`}>
      <Facts
        facts={[
          ['Billed in all', moneyInWords(billed)],
          ['Your insurance pays', moneyInWords(insurer)],
          ['Your part', moneyInWords(own)],
          ['Still open, by the bills', <strong key="due">{moneyInWords(due)}</strong>],
        ]}
      />
      {months.length > 1 && (
        <MonthBars
          label={capitalized(`${name} by month`)}
          bars={months.map((month) => ({
            month: month.month,
            lower: month.own.minor,
            upper: month.insurer.minor,
          }))}
          parts={{ lower: 'Your part', upper: 'Your insurance' }}
          amount={(minor) => moneyInWords({ minor, currency })}
          monthName={(month, form) => monthInWords(month, form)}
        />
      )}
    </Card>
  )
}
