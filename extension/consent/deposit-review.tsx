import { useState } from 'preact/hooks'
import { countInWords } from '../../shared/fhir/categories.ts'
import { Facts } from '../screens/components/card.tsx'
import { ScrollRegion } from '../screens/components/scroll-region.tsx'
import { Issues } from '../screens/parts/issues.tsx'
import { SummaryView } from '../screens/parts/summary-view.tsx'
import { periodInWords, sizeInWords } from '../screens/words/time.ts'
import type { DecisionInput, DepositView } from '../snapshots.ts'
import { AnswerBar } from './answer-bar.tsx'
import { CheckChoice } from './check-choice.tsx'
import { ReviewPage } from './review-page.tsx'
import { Answer, WhoAsks } from './who-asks.tsx'

interface DepositReviewProps {
  request: DepositView
  record: NonNullable<DepositView['record']>
  onDecide: (decision: DecisionInput) => void
  deciding: boolean
}

/** What the hospital sends, to read before keeping it. */
export function DepositReview({ request, record, onDecide, deciding }: DepositReviewProps) {
  const { statement, summary, issues } = record
  const { name } = request.organization
  const { review } = request
  const [letReview, setLetReview] = useState<boolean | null>(null)
  const unanswered = review !== null && letReview === null
  return (
    <>
      <ReviewPage>
        <h1>
          {name} sends you {countInWords(statement.category, 1)} to keep.
        </h1>
        <WhoAsks request={request} />
        <Answer question="What it is" short={statement.title}>
          <Facts
            facts={[
              ['Written by', statement.practitioner ? `${statement.practitioner}, ${name}` : name],
              ['From', periodInWords(statement.period, undefined, 'short')],
              ['Size', sizeInWords(statement.contentBytes)],
              ...(statement.previous ? ([['Version', 'A newer version of a record you have']] as const) : []),
            ]}
          />
        </Answer>
        <Issues issues={issues} />
        {review && <CheckChoice author={name} review={review} chosen={letReview} onChoose={setLetReview} />}
        <Answer question="What it says" grows>
          <ScrollRegion label="What it says">
            <SummaryView summary={summary} compact />
          </ScrollRegion>
        </Answer>
      </ReviewPage>
      <AnswerBar
        subject={request.id}
        approveLabel="Accept"
        blocked={unanswered}
        onApprove={() => onDecide({ outcome: 'approve', ...(letReview === null ? {} : { letReview }) })}
        onDecline={() => onDecide({ outcome: 'decline' })}
        deciding={deciding}
      >
        <p class="small" aria-live="polite">
          {unanswered
            ? 'To accept it, say first whether others may check it. You keep it either way.'
            : acceptedInWords(letReview === true)}
        </p>
      </AnswerBar>
    </>
  )
}

const acceptedInWords = (letReview: boolean): string =>
  letReview
    ? 'If you accept, it is sealed with your own key. Only you, and those who check it, can open it.'
    : 'If you accept, it is sealed with your own key, so that only you can open it.'
