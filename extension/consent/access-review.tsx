import { useEffect, useState } from 'preact/hooks'
import { purposes } from '../../shared/protocol/purposes.ts'
import { Banner } from '../screens/components/banner.tsx'
import { recordsInWords } from '../screens/words/sentences.ts'
import { capitalized, momentInWords, periodInWords, readerNow } from '../screens/words/time.ts'
import type { AccessView, DecisionInput } from '../snapshots.ts'
import { AnswerBar } from './answer-bar.tsx'
import { CategoryChoice } from './category-choice.tsx'
import { type DurationChoice, durationChoices } from './durations.ts'
import { ReviewPage } from './review-page.tsx'
import { chosenCommitments, chosenCounts, initialSelection, recordsOffered } from './selection.ts'
import { Answer, WhoAsks } from './who-asks.tsx'

interface AccessReviewProps {
  request: AccessView
  onDecide: (decision: DecisionInput) => void
  deciding: boolean
}

/** The page to check before answering: who, how known, what, why, until when. */
export function AccessReview({ request, onDecide, deciding }: AccessReviewProps) {
  const [selection, setSelection] = useState(() => initialSelection(request))
  const [seconds, setSeconds] = useState(request.durationSeconds)
  const now = useMinutes()
  const until = (duration: number) => `until ${momentInWords(now + duration)}`

  const chosen = chosenCommitments(request, selection)
  const approve = () =>
    onDecide({ outcome: 'approve', access: { commitments: chosen, durationSeconds: seconds } })
  const offered = recordsOffered(request)
  return (
    <>
      <ReviewPage>
        <h1>{askedSentence(request, until(request.durationSeconds))}</h1>
        <WhoAsks request={request} />
        <Answer question="What they would see">
          {offered === 0 ? (
            <Banner tone="info">
              <p>You have no records of the kinds asked for. There is nothing to open.</p>
            </Banner>
          ) : (
            <>
              <ul class="category-choices">
                {request.categories.map((asked) => (
                  <CategoryChoice
                    key={asked.category}
                    asked={asked}
                    selection={selection}
                    onSelect={setSelection}
                  />
                ))}
              </ul>
              <p class="small muted">
                From {periodInWords(request.period)}. It also learns who wrote them, and the name each author
                has for you.
              </p>
            </>
          )}
        </Answer>
        <Why request={request} />
        {offered > 0 && (
          <UntilWhen
            choices={durationChoices(request.durationSeconds)}
            seconds={seconds}
            onChoose={setSeconds}
            sentence={capitalized(momentInWords(now + seconds))}
          />
        )}
      </ReviewPage>
      <AnswerBar
        subject={request.id}
        approveLabel="Approve"
        onApprove={chosen.length > 0 ? approve : undefined}
        onDecline={() => onDecide({ outcome: 'decline' })}
        deciding={deciding}
      >
        <p class="small" aria-live="polite">
          {chosen.length > 0 && (
            <>
              You would open <strong>{recordsInWords(chosenCounts(request, selection))}</strong>{' '}
              {until(seconds)}. What was opened cannot be unseen.
            </>
          )}
          {chosen.length === 0 && offered > 0 && 'Nothing is ticked: tick at least one record to approve.'}
        </p>
      </AnswerBar>
    </>
  )
}

function askedSentence(request: AccessView, until: string): string {
  const { name } = request.organization
  if (recordsOffered(request) === 0) return `${name} wants to see records that you do not have here.`
  const asked = chosenCounts(request, initialSelection(request))
  const nothing = asked.every(({ count }) => count === 0)
  return `${name} wants to see ${nothing ? 'specially protected records' : recordsInWords(asked)} ${until}.`
}

function Why({ request }: { request: AccessView }) {
  return (
    <Answer question="Why" short={capitalized(purposes[request.purpose])}>
      <blockquote class="reason">
        “{request.reason}” <span class="muted">{request.practitioner}</span>
      </blockquote>
    </Answer>
  )
}

function UntilWhen(props: {
  choices: DurationChoice[]
  seconds: number
  onChoose: (seconds: number) => void
  sentence: string
}) {
  const { choices, seconds, onChoose, sentence } = props
  return (
    <fieldset class="answer">
      <legend>
        Until when <span class="answer-short">{sentence}</span>
      </legend>
      <div class="durations">
        {choices.map((choice) => (
          <label class="duration" key={choice.seconds}>
            <input
              type="radio"
              name="duration"
              checked={choice.seconds === seconds}
              onChange={() => onChoose(choice.seconds)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

const minuteMs = 60_000

/** Unix seconds, renewed every minute. */
function useMinutes(): number {
  const [now, setNow] = useState(() => readerNow().now)
  useEffect(() => {
    const timer = setInterval(() => setNow(readerNow().now), minuteMs)
    return () => clearInterval(timer)
  }, [])
  return now
}
