import { Check } from 'lucide'
import { Icon } from '../screens/components/icon.tsx'
import type { ConnectView, DecisionInput } from '../snapshots.ts'
import { AnswerBar } from './answer-bar.tsx'
import { ReviewPage } from './review-page.tsx'
import { Answer, WhoAsks } from './who-asks.tsx'

interface ConnectReviewProps {
  request: ConnectView
  onDecide: (decision: DecisionInput) => void
  deciding: boolean
}

/** What an organization learns by a connection, and what not. */
export function ConnectReview({ request, onDecide, deciding }: ConnectReviewProps) {
  const { name } = request.organization
  return (
    <>
      <ReviewPage>
        <h1>{name} wants to connect with your Carekey.</h1>
        <WhoAsks request={request} />
        <Answer question="What they would learn">
          <ul class="points">
            <Point>Nothing about your health yet: no record is opened.</Point>
            <Point>A separate name for you, made for {name} alone. No other organization knows it.</Point>
          </ul>
        </Answer>
        <Answer question="What they could do then">
          <ul class="points">
            <Point>Send you records. You read each one before you keep it.</Point>
            <Point>Ask to see records. You answer each time, here.</Point>
          </ul>
        </Answer>
        <Answer question="Until when">
          <p>Until you remove it, under Settings.</p>
        </Answer>
      </ReviewPage>
      <AnswerBar
        subject={request.id}
        approveLabel="Connect"
        onApprove={() => onDecide({ outcome: 'approve' })}
        onDecline={() => onDecide({ outcome: 'decline' })}
        deciding={deciding}
      >
        {null}
      </AnswerBar>
    </>
  )
}

function Point({ children }: { children: preact.ComponentChildren }) {
  return (
    <li class="answer-line">
      <Icon node={Check} size={16} />
      <span>{children}</span>
    </li>
  )
}
