import { Ban, CircleCheck, CircleX, Hourglass, type IconNode, Undo2 } from 'lucide'
import { Button } from '../screens/components/button.tsx'
import { EmptyState } from '../screens/components/empty-state.tsx'
import { Progress } from '../screens/components/progress.tsx'
import { TechnicalDetails } from '../screens/components/technical-details.tsx'
import { closeWindow } from '../screens/platform.ts'
import { momentInWords } from '../screens/words/time.ts'
import type { RequestView } from '../snapshots.ts'
import { checkersInWords } from './check-choice.tsx'

/** While Carekey looks at a request, before the reader is asked. */
export function Checking({ request }: { request: RequestView }) {
  const { name } = request.organization
  return (
    <main class="approval-main approval-middle">
      <h1>{name} asks for something.</h1>
      <Progress
        label={request.progress?.label ?? 'Checking who asks and what it is about…'}
        done={request.progress?.done}
      />
    </main>
  )
}

/** After a yes: what is being done, step by step. */
export function Working({ request }: { request: RequestView }) {
  return (
    <main class="approval-main approval-middle">
      <h1>{workingTitle(request)}</h1>
      <Progress label={request.progress?.label ?? 'Getting ready…'} done={request.progress?.done} />
      <p class="small muted">
        You can close this window: Carekey finishes by itself, also after a restart of the browser.
      </p>
    </main>
  )
}

function workingTitle({ kind, organization }: RequestView): string {
  if (kind === 'connect') return `Connecting with ${organization.name}`
  return kind === 'deposit' ? 'Saving the record' : `Opening records to ${organization.name}`
}

interface OutcomeProps {
  request: RequestView
  /** What was opened and until when, where this window knows it. */
  opened: string | null
  onRetry: () => void
  retrying: boolean
  onNext: (() => void) | null
  waiting: number
}

/** How it ended: a receipt, or what was kept, what was not, and the next step. */
export function Outcome({ request, opened, onRetry, retrying, onNext, waiting }: OutcomeProps) {
  const { failure } = request
  const { icon, tone, title, text } = outcomeInWords(request, opened)
  const retryable = request.state === 'failed' && failure?.retryable
  return (
    <>
      <main class="approval-main approval-middle" aria-live="polite">
        <EmptyState alone icon={icon} tone={tone} title={title}>
          {text.map((line) => (
            <p key={line}>{line}</p>
          ))}
          {failure && <TechnicalDetails details={[['Reason', failure.reason]]} />}
        </EmptyState>
      </main>
      <footer class="answer-bar">
        <div class="stack-small">
          {retryable && (
            <Button kind="primary" wide busy={retrying && 'Trying again…'} onClick={onRetry}>
              Try again
            </Button>
          )}
          {onNext && (
            <Button kind={retryable ? 'plain' : 'primary'} wide onClick={onNext}>
              {waiting === 1 ? 'Next request' : `Next request (${waiting} wait)`}
            </Button>
          )}
          <Button kind={retryable || onNext ? 'plain' : 'primary'} wide onClick={closeWindow}>
            Close
          </Button>
        </div>
      </footer>
    </>
  )
}

interface Words {
  icon: IconNode
  tone: 'good' | 'neutral' | 'caution'
  title: string
  text: string[]
}

function outcomeInWords(request: RequestView, opened: string | null): Words {
  const { name } = request.organization
  switch (request.state) {
    case 'declined':
      return {
        icon: Ban,
        tone: 'neutral',
        title: 'You declined',
        text: [`${name} was told that you said no, and got nothing.`],
      }
    case 'expired':
      return {
        icon: Hourglass,
        tone: 'neutral',
        title: 'This request ran out',
        text: [`${name} got nothing. It can ask again.`],
      }
    case 'cancelled':
      return {
        icon: Undo2,
        tone: 'neutral',
        title: 'This request was taken back',
        text: [`${name} does not need an answer any more.`],
      }
    case 'failed':
      return {
        icon: CircleX,
        tone: 'caution',
        title: 'This could not be finished',
        text: [request.failure?.message ?? 'Nothing was changed. Try again.'],
      }
    default:
      return { icon: CircleCheck, tone: 'good', ...doneInWords(request, opened) }
  }
}

function doneInWords(request: RequestView, opened: string | null): { title: string; text: string[] } {
  const { name } = request.organization
  switch (request.kind) {
    case 'connect':
      return {
        title: `Connected with ${name}`,
        text: ['It can now send you records and ask to see some. You decide each time.'],
      }
    case 'deposit':
      return {
        title: 'Saved',
        text: [
          `“${request.record?.statement.title ?? 'The record'}” is in your records, sealed with your own key.`,
          ...(request.review?.answer === 'granted'
            ? [
                `${checkersInWords(request.review)} may read it until ${momentInWords(request.review.votingUntil)}, to check it. You can end that under Sharing.`,
              ]
            : ['Nobody but you can open it.']),
        ],
      }
    case 'access':
      return {
        title: 'Approved',
        text: [
          opened ? `${name} can now open ${opened}.` : `${name} can now open what you approved.`,
          'You can end this at any time under Sharing. What was opened before cannot be unseen.',
        ],
      }
  }
}
