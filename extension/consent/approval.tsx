import { CircleCheck, KeyRound } from 'lucide'
import { useEffect, useState } from 'preact/hooks'
import { ask } from '../screens/ask.ts'
import { Button } from '../screens/components/button.tsx'
import { EmptyState } from '../screens/components/empty-state.tsx'
import { Failure } from '../screens/parts/failure.tsx'
import { Loaded } from '../screens/parts/loaded.tsx'
import { Unlock } from '../screens/parts/unlock.tsx'
import { closeWindow, openApp } from '../screens/platform.ts'
import { useAct, useSnapshot } from '../screens/snapshot.ts'
import { recordsInWords } from '../screens/words/sentences.ts'
import { momentInWords, readerNow } from '../screens/words/time.ts'
import type { DecisionInput, RequestView } from '../snapshots.ts'
import { AccessReview } from './access-review.tsx'
import { ConnectReview } from './connect-review.tsx'
import { DepositReview } from './deposit-review.tsx'
import { Checking, Outcome, Working } from './outcome.tsx'
import { firstRequest, nextRequest, waitingRequests } from './queue.ts'
import { chosenCounts } from './selection.ts'
import './consent.css'

/** The approval window: one stored request, and an answer to it. Without an id, the one that waits longest. */
export function Approval({ id }: { id: string | null }) {
  const status = useSnapshot('status.get', {})
  return (
    <div class="approval">
      <Loaded snapshot={status} label="Opening Carekey…">
        {({ vault }) => {
          if (vault === 'unlocked') return <Queue id={id} />
          return (
            <main class="approval-main approval-middle">
              {vault === 'locked' ? (
                <Unlock reason="A request waits for you behind the lock." />
              ) : (
                <NoVault />
              )}
            </main>
          )
        }}
      </Loaded>
    </div>
  )
}

function NoVault() {
  return (
    <EmptyState alone icon={KeyRound} title="You have no Carekey yet">
      <p>Create one first. It takes about five minutes.</p>
      <Button kind="primary" onClick={() => openApp('/welcome')}>
        Create your Carekey
      </Button>
    </EmptyState>
  )
}

function Queue({ id }: { id: string | null }) {
  const list = useSnapshot('requests.list', {})
  return (
    <Loaded snapshot={list} label="Fetching the request…">
      {({ requests }) => (
        <Shown
          id={id}
          requests={requests}
          onChanged={list.state === 'ready' ? list.reload : () => undefined}
        />
      )}
    </Loaded>
  )
}

function Shown({
  id,
  requests,
  onChanged,
}: {
  id: string | null
  requests: RequestView[]
  onChanged: () => void
}) {
  const [chosen, setChosen] = useState(id)
  const shown = chosen ?? firstRequest(requests)?.id ?? null
  // Whoever was shown stays until the reader goes on, also after its answer.
  useEffect(() => setChosen(shown), [shown])
  const request = requests.find((one) => one.id === shown)
  if (!request) return <Nothing />
  const next = nextRequest(requests, request.id)
  return (
    <OneRequest
      key={request.id}
      request={request}
      waiting={waitingRequests(requests, request.id)}
      onNext={next ? () => setChosen(next.id) : null}
      onChanged={onChanged}
    />
  )
}

function Nothing() {
  return (
    <>
      <main class="approval-main approval-middle">
        <EmptyState alone icon={CircleCheck} title="Nothing waits for you">
          <p>Every request has its answer.</p>
        </EmptyState>
      </main>
      <footer class="answer-bar">
        <Button kind="primary" wide onClick={closeWindow}>
          Close
        </Button>
      </footer>
    </>
  )
}

interface OneRequestProps {
  request: RequestView
  waiting: number
  onNext: (() => void) | null
  onChanged: () => void
}

function OneRequest({ request, waiting, onNext, onChanged }: OneRequestProps) {
  const [opened, setOpened] = useState<string | null>(null)
  const decide = useAct(async (decision: DecisionInput) => {
    setOpened(openedInWords(request, decision))
    await ask('requests.decide', { id: request.id, decision })
    onChanged()
  })
  const retry = useAct(async () => {
    await ask('requests.retry', { id: request.id })
    onChanged()
  })
  const answer = { onDecide: decide.run, deciding: decide.running }

  if (request.state === 'checking') return <Checking request={request} />
  if (request.state === 'working') return <Working request={request} />
  if (request.state === 'ready') {
    return (
      <>
        {request.kind === 'access' && <AccessReview request={request} {...answer} />}
        {request.kind === 'connect' && <ConnectReview request={request} {...answer} />}
        {request.kind === 'deposit' &&
          (request.record ? (
            <DepositReview request={request} record={request.record} {...answer} />
          ) : (
            <Checking request={request} />
          ))}
        {decide.error !== null && (
          <div class="approval-error">
            <Failure error={decide.error} />
          </div>
        )}
      </>
    )
  }
  return (
    <>
      <Outcome
        request={request}
        opened={opened}
        onRetry={retry.run}
        retrying={retry.running}
        onNext={onNext}
        waiting={waiting}
      />
      {retry.error !== null && (
        <div class="approval-error">
          <Failure error={retry.error} />
        </div>
      )}
    </>
  )
}

function openedInWords(request: RequestView, decision: DecisionInput): string | null {
  if (request.kind !== 'access' || decision.outcome !== 'approve' || !decision.access) return null
  const { commitments, durationSeconds } = decision.access
  const records = recordsInWords(chosenCounts(request, new Set(commitments)))
  return `${records} until ${momentInWords(readerNow().now + durationSeconds)}`
}
