import { render } from 'preact'
import { useState } from 'preact/hooks'
import { dayOf, timeOf } from '../../kit/page.ts'
import { type DeskItem, stateOf, useDesk } from '../../kit/review-page.ts'
import { Chart } from './chart.tsx'

const stateWords = {
  'to-check': 'OPEN',
  voted: 'VOTED',
  confirmed: 'CONFIRMED',
  rejected: 'REJECTED',
  unreadable: 'NO ACCESS',
} as const

/** A dense worklist: one line a document, the document beside it. */
function Worklist() {
  const { desk, problem, voting, sitDown, vote } = useDesk()
  const [chosen, setChosen] = useState<string>()
  const items = desk?.items ?? []
  const open = items.filter((item) => stateOf(item) === 'to-check').length
  const item = items.find(({ id }) => id === chosen) ?? items[0]
  return (
    <>
      <header class="bar">
        <b>HARTMOOR UH</b>
        <span>External review worklist</span>
        {desk && <span class="user">{desk.reviewer}</span>}
      </header>
      {desk === null && (
        <main class="login">
          <h1>Workstation locked</h1>
          <p>In this demonstration anybody may use this workstation.</p>
          <button type="button" onClick={sitDown}>
            Log on as K. Adeyemi
          </button>
        </main>
      )}
      {desk && (
        <main class="split">
          <section aria-label="Worklist" class="list">
            <h1>
              Documents to check <span class="count">{open} open</span>
            </h1>
            {items.length === 0 && <p class="none">No document is waiting. New ones appear by themselves.</p>}
            {items.length > 0 && (
              <table>
                <thead>
                  <tr>
                    <th scope="col">Status</th>
                    <th scope="col">Document</th>
                    <th scope="col">From</th>
                    <th scope="col">Votes</th>
                    <th scope="col">Due</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((one) => (
                    <Line
                      key={one.id}
                      item={one}
                      isChosen={one.id === item?.id}
                      onChoose={() => setChosen(one.id)}
                    />
                  ))}
                </tbody>
              </table>
            )}
          </section>
          {item && (
            <Chart
              key={item.id}
              item={item}
              isVoting={voting === item.id}
              problem={problem}
              onVote={(choice) => vote(item.id, choice)}
            />
          )}
        </main>
      )}
      <footer class="bar low">Hartmoor University Hospital · a demonstration with invented patients</footer>
    </>
  )
}

function Line(props: { item: DeskItem; isChosen: boolean; onChoose: () => void }) {
  const { item, isChosen, onChoose } = props
  const { statement, counts } = item
  const state = stateOf(item)
  return (
    <tr class={isChosen ? 'chosen' : ''} data-testid="review" data-state={state}>
      <td>
        <span class={`tag ${state}`}>{stateWords[state]}</span>
      </td>
      <td>
        <button type="button" class="row" aria-pressed={isChosen} onClick={onChoose}>
          {statement?.title ?? 'Document not opened yet'}
        </button>
        {statement && <small>{dayOf(statement.period.end)}</small>}
      </td>
      <td>{item.author}</td>
      <td>{counts ? `${counts.approvals} for, ${counts.rejections} against` : '–'}</td>
      <td>{timeOf(item.votingUntil)}</td>
    </tr>
  )
}

const app = document.getElementById('app')
if (app) render(<Worklist />, app)
