import { Check, X } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Button } from '../screens/components/button.tsx'
import { useArming } from './arming.ts'

interface AnswerBarProps {
  /** What Approve stands for: another one arms it anew. */
  subject: string
  approveLabel: 'Approve' | 'Accept' | 'Connect'
  /** Absent where there is nothing to approve. */
  onApprove?: (() => void) | undefined
  /** Something must be answered first; the bar's text says what. */
  blocked?: boolean
  onDecline: () => void
  deciding: boolean
  children: ComponentChildren
}

/** The two answers, side by side and alike. Neither has the focus; Approve waits until the window was really seen. */
export function AnswerBar(props: AnswerBarProps) {
  const { subject, approveLabel, onApprove, blocked = false, onDecline, deciding, children } = props
  const { armed, accepts } = useArming(subject)
  return (
    <footer class="answer-bar">
      {children}
      <div class="answer-buttons">
        <Button
          kind="choice"
          icon={X}
          wide
          disabled={deciding}
          onClick={(event) => event.isTrusted && onDecline()}
        >
          Decline
        </Button>
        {onApprove && (
          <Button
            kind="choice"
            icon={Check}
            wide
            inert={!armed || blocked}
            disabled={deciding}
            // A held key clicks again and again: only its first press may count.
            onKeyDown={(event) => event.repeat && event.preventDefault()}
            onClick={(event) => accepts(event) && !blocked && onApprove()}
          >
            {approveLabel}
          </Button>
        )}
      </div>
    </footer>
  )
}
