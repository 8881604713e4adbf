import { useState } from 'preact/hooks'
import { dayOf, timeOf } from '../../kit/page.ts'
import { type Choice, choiceInWords, type DeskItem, reasons } from '../../kit/review-page.ts'

const firstRows = 12

interface LetterProps {
  item: DeskItem
  isVoting: boolean
  problem: string
  onVote: (choice: Choice) => Promise<void>
}

/** One document, large and calm, with the question below it. */
export function Letter(props: LetterProps) {
  const { item } = props
  const { statement, rows } = item
  return (
    <article class="letter" aria-label="Letter" data-testid="opened">
      <p class="from">From {item.author}</p>
      <h2>{statement?.title ?? 'A sealed letter'}</h2>
      {statement && (
        <p class="about">
          {dayOf(statement.period.end)}
          {statement.practitioner && ` · signed by ${statement.practitioner}`}
          {' · '}
          {item.isReadable ? 'the patient lets us read it until' : 'the patient let us read it until at most'}{' '}
          {timeOf(item.votingUntil)}
        </p>
      )}
      {item.note && <p class="note">{item.note}</p>}
      <Lines rows={rows.slice(0, firstRows)} />
      {rows.length > firstRows && (
        <details>
          <summary>{rows.length - firstRows} more lines</summary>
          <Lines rows={rows.slice(firstRows)} />
        </details>
      )}
      {item.isReadable && rows.length === 0 && (
        <p class="note">We cannot show lines of this kind of document.</p>
      )}
      <Question {...props} />
      <Tally item={item} />
    </article>
  )
}

function Lines({ rows }: Pick<DeskItem, 'rows'>) {
  if (rows.length === 0) return null
  return (
    <ul class="lines">
      {rows.map((row, index) => (
        <li key={`${index}:${row.name}`}>
          <span>{row.name}</span>
          <b>{row.value}</b>
          <time>{row.date && dayOf(row.date)}</time>
        </li>
      ))}
    </ul>
  )
}

function Question({ item, isVoting, problem, onVote }: LetterProps) {
  const [answer, setAnswer] = useState<Choice>()
  const { choice, counts, isReadable, statement } = item
  const said = choice && (
    <p class="said" data-testid="said">
      You said: <b>{choiceInWords(choice)}</b>
    </p>
  )
  if (!isReadable || counts?.isOver) return said || null
  const answers: [string, string][] = [
    ['approve', 'Yes, it is right'],
    ...Object.entries(reasons)
      .filter(([code]) => code !== 'wrong-amount' || statement?.category === 'billing')
      .map(([code, text]): [string, string] => [code, `No: ${text.toLowerCase()}`]),
  ]
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault()
        if (answer) void onVote(answer)
      }}
    >
      {said}
      <fieldset>
        <legend>{choice ? 'Change your answer' : 'Is this record right?'}</legend>
        {answers.map(([code, text]) => (
          <label key={code}>
            <input
              type="radio"
              name="answer"
              checked={answer === code}
              onChange={() => setAnswer(code as Choice)}
            />
            {text}
          </label>
        ))}
      </fieldset>
      <button type="submit" disabled={!answer || isVoting}>
        {isVoting ? 'Writing your answer on the ledger…' : 'Give this answer'}
      </button>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  )
}

/** What the others said, once we have said something ourselves. */
function Tally({ item: { choice, counts } }: { item: DeskItem }) {
  if (!counts) return null
  return (
    <p class="tally" data-testid="counts">
      {counts.approvals} of {counts.quorum} needed say yes, {counts.rejections} no.
      {choice &&
        counts.votes.map((vote) => (
          <span key={vote.id}>
            {' '}
            {vote.name}: {vote.choice ? choiceInWords(vote.choice).toLowerCase() : 'no answer yet'}.
          </span>
        ))}
    </p>
  )
}
