import { useState } from 'preact/hooks'
import { dayOf, timeOf } from '../../kit/page.ts'
import { type Choice, choiceInWords, type DeskItem, reasons } from '../../kit/review-page.ts'

/** One document as it is read and voted on. */
export function Chart(props: {
  item: DeskItem
  isVoting: boolean
  problem: string
  onVote: (choice: Choice) => Promise<void>
}) {
  const { item } = props
  const { statement, rows, counts } = item
  return (
    <section class="chart" aria-label="Document" data-testid="opened">
      <h2>{statement?.title ?? 'Document'}</h2>
      {statement && (
        <dl>
          <dt>Author</dt>
          <dd>
            {item.author}
            {statement.practitioner && `, ${statement.practitioner}`}
          </dd>
          <dt>Period</dt>
          <dd>
            {statement.period.start === statement.period.end
              ? dayOf(statement.period.end)
              : `${dayOf(statement.period.start)} to ${dayOf(statement.period.end)}`}
          </dd>
          <dt>Access</dt>
          <dd>By the patient, for this check alone, until {timeOf(item.votingUntil)}</dd>
        </dl>
      )}
      {item.note && <p class="note">{item.note}</p>}
      <VotePanel {...props} />
      {counts && (
        <p class="tally" data-testid="counts">
          {counts.approvals} of {counts.quorum} needed votes for it, {counts.rejections} against.
          {item.choice &&
            counts.votes.map(
              ({ name, choice }) => ` ${name}: ${choice ? choiceInWords(choice) : 'no vote yet'}.`,
            )}
        </p>
      )}
      {rows.length > 0 && (
        <section class="lines" aria-label="Lines of the document">
          <table>
            <tbody>
              {rows.map((row, index) => (
                <tr key={`${index}:${row.name}`}>
                  <th scope="row">{row.name}</th>
                  <td>{row.value}</td>
                  <td>{row.date && dayOf(row.date)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {item.isReadable && rows.length === 0 && (
        <p class="note">Our system shows no lines of this kind of document.</p>
      )}
    </section>
  )
}

function VotePanel({ item, isVoting, problem, onVote }: Parameters<typeof Chart>[0]) {
  const [reason, setReason] = useState<Exclude<Choice, 'approve'>>('implausible')
  const { choice, counts, isReadable, statement } = item
  if (!isReadable || counts?.isOver) {
    return choice ? <p class="mine">Our vote: {choiceInWords(choice)}.</p> : null
  }
  const offered = Object.entries(reasons).filter(
    ([code]) => code !== 'wrong-amount' || statement?.category === 'billing',
  )
  return (
    <form class="vote" onSubmit={(event) => event.preventDefault()} aria-label="Vote">
      {choice && (
        <p class="mine">Our vote: {choiceInWords(choice)}. It can be changed until the voting is over.</p>
      )}
      <button type="button" disabled={isVoting} onClick={() => onVote('approve')}>
        Vote: right
      </button>
      <label>
        Reason against
        <select value={reason} onChange={(event) => setReason(event.currentTarget.value as typeof reason)}>
          {offered.map(([code, text]) => (
            <option key={code} value={code}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <button type="button" disabled={isVoting} onClick={() => onVote(reason)}>
        Vote: against
      </button>
      {isVoting && <span role="status">Writing the vote on the ledger…</span>}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  )
}
