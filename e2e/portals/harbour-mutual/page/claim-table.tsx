import { dayOf, timeOf } from '../../kit/page.ts'
import { type Account, amountOf, amountsOf, trustInWords } from './account.ts'

/** The bills of one member, what they come to, and how we know that they are right. */
export function ClaimTable({ account }: { account: Account }) {
  const { claims, totals, unreadable } = account
  if (claims.length === 0) return <p class="soft">No bills yet.</p>
  return (
    <>
      <div class="scroll">
        <table>
          <caption>Bills of {account.member.name}</caption>
          <thead>
            <tr>
              <th scope="col">Bill</th>
              <th scope="col" class="sum">
                Total
              </th>
              <th scope="col" class="sum">
                Our part
              </th>
              <th scope="col" class="sum">
                Member
              </th>
            </tr>
          </thead>
          <tbody>
            {claims.map(({ commitment, title, hospital, date, anchoredAt, bill, trust }) => (
              <tr key={commitment} data-testid="claim">
                <th scope="row">
                  {title}
                  <small>
                    {hospital}, {dayOf(date)}
                  </small>
                  <small class={trust.disputed ? 'doubt' : undefined} data-testid="trust">
                    {trustInWords(trust)}
                  </small>
                  <small>Signed, and on the public ledger since {timeOf(anchoredAt)}</small>
                </th>
                <td class="sum">{bill.total ? amountOf(bill.total) : '–'}</td>
                <td class="sum">{bill.insurerPart ? amountOf(bill.insurerPart) : '–'}</td>
                <td class="sum">{bill.settled ? 'settled' : bill.due ? amountOf(bill.due) : '–'}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr data-testid="totals">
              <th scope="row">All together</th>
              <td class="sum">{amountsOf(totals.billed)}</td>
              <td class="sum">{amountsOf(totals.ours)}</td>
              <td class="sum">{amountsOf(totals.due)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      {unreadable > 0 && <p class="soft">{unreadable} more cannot be read here. We ask for the paper.</p>}
    </>
  )
}
