import { render } from 'preact'
import { useState } from 'preact/hooks'
import { type DeskItem, stateOf, useDesk } from '../../kit/review-page.ts'
import { Letter } from './letter.tsx'

const stateWords = {
  'to-check': 'Waiting for you',
  voted: 'You answered',
  confirmed: 'Confirmed',
  rejected: 'Not confirmed',
  unreadable: 'Could not be opened',
} as const

/** One document at a time, like letters on a desk; the pile stands above it. */
function SecondOpinions() {
  const { desk, problem, voting, sitDown, vote } = useDesk()
  const [chosen, setChosen] = useState<string>()
  const items = desk?.items ?? []
  const waiting = items.filter((item) => stateOf(item) === 'to-check')
  const item = items.find(({ id }) => id === chosen) ?? waiting[0] ?? items[0]
  return (
    <div class="page">
      <header>
        <svg class="wave" viewBox="0 0 64 24" aria-hidden="true">
          <path d="M0 16q8-12 16 0t16 0 16 0 16 0" />
          <path d="M0 22q8-12 16 0t16 0 16 0 16 0" />
        </svg>
        <div>
          <p class="name">Riverside Regional Hospital</p>
          <p class="place">Second opinions{desk ? ` · ${desk.reviewer}` : ''}</p>
        </div>
      </header>
      <main>
        {desk === null && (
          <section class="welcome">
            <h1>Welcome</h1>
            <p>Other hospitals ask us whether a record is right. In this demonstration anybody may answer.</p>
            <button type="button" onClick={sitDown}>
              Start as Nurse Inés Carrasco
            </button>
          </section>
        )}
        {desk && (
          <>
            <h1>{headline(waiting.length)}</h1>
            {items.length === 0 && <p class="calm">New letters appear here by themselves.</p>}
            {items.length > 0 && (
              <ul class="pile" aria-label="Letters">
                {items.map((one) => (
                  <Tab
                    key={one.id}
                    item={one}
                    isChosen={one.id === item?.id}
                    onChoose={() => setChosen(one.id)}
                  />
                ))}
              </ul>
            )}
            {item && (
              <Letter
                key={item.id}
                item={item}
                isVoting={voting === item.id}
                problem={problem}
                onVote={(choice) => {
                  // The letter stays open after its answer, so that the answer can be read and changed.
                  setChosen(item.id)
                  return vote(item.id, choice)
                }}
              />
            )}
          </>
        )}
      </main>
      <footer>Riverside Regional Hospital, Ferry Lane 2. A demonstration with invented patients.</footer>
    </div>
  )
}

const headline = (count: number): string => {
  if (count === 0) return 'Nothing waits for you'
  return count === 1 ? '1 letter waits for you' : `${count} letters wait for you`
}

function Tab(props: { item: DeskItem; isChosen: boolean; onChoose: () => void }) {
  const { item, isChosen, onChoose } = props
  const state = stateOf(item)
  return (
    <li data-testid="review" data-state={state}>
      <button type="button" aria-pressed={isChosen} onClick={onChoose}>
        <b>{item.statement?.title ?? 'A sealed letter'}</b>
        <span>{item.author}</span>
        <span class={`state ${state}`}>{stateWords[state]}</span>
      </button>
    </li>
  )
}

const app = document.getElementById('app')
if (app) render(<SecondOpinions />, app)
