import type { BillDispute, BillView } from '../../snapshots.ts'
import { Banner } from '../components/banner.tsx'
import { Badge, Facts } from '../components/card.tsx'
import { moneyInWords } from '../words/money.ts'
import { dateInWords } from '../words/time.ts'
import { servicesInWords } from './bills.ts'
import { DisputeBill, disputeReasonsInWords } from './dispute-bill.tsx'

/** One bill in plain words: from whom, for what, how much, who pays which part. */
export function BillCard({ view }: { view: BillView }) {
  const { bill, record, dispute } = view
  const { total, insurer, insurerPart, due } = bill
  const from = bill.issuer && bill.issuer !== record.author.name ? bill.issuer : undefined
  const services = servicesInWords(bill)
  return (
    <article class="card" aria-label={record.title}>
      <div class="bill-head">
        <div>
          <h3>{record.title}</h3>
          <p class="small muted">
            {dateInWords(bill.date ?? record.period.end)} · {record.author.name}
          </p>
        </div>
        <p class="bill-total">
          <span class="hidden-text">Total: </span>
          {total ? moneyInWords(total) : 'No total given'}
        </p>
      </div>
      <Facts
        facts={[
          ...(from ? ([['From', `${from}, by ${record.author.name}`]] as const) : []),
          ...(services ? ([['For', services]] as const) : []),
          [
            insurer ? `${insurer} pays` : 'Your insurance pays',
            insurerPart ? moneyInWords(insurerPart) : 'Nothing that the bill tells of',
          ],
          ['Left for you', bill.settled ? 'Nothing: it is settled' : due ? moneyInWords(due) : 'Not given'],
          ...(bill.number ? ([['Number', bill.number]] as const) : []),
        ]}
      />
      {dispute && <Disputed dispute={dispute} author={record.author.name} />}
      <div class="spread bill-foot">
        {dispute ? <Badge tone="caution">Disputed by you</Badge> : <Badge tone="good">Approved by you</Badge>}
        <a href={`#/record/${record.commitment}`}>Read the whole bill</a>
      </div>
      {!dispute && record.status === 'saved' && <DisputeBill record={record} />}
    </article>
  )
}

const statesInWords = {
  waiting: 'It is signed, and will be on the ledger in a moment.',
  open: 'It is on the ledger, where the hospital reads it. Nobody has answered yet.',
  upheld: 'The health authority found that you are right.',
  dismissed: 'The health authority found that the bill is right.',
}

function Disputed({ dispute, author }: { dispute: BillDispute; author: string }) {
  return (
    <Banner tone="caution" title={`You told ${author}: ${disputeReasonsInWords[dispute.reason]}`}>
      <p>{statesInWords[dispute.status]}</p>
    </Banner>
  )
}
