import { Inbox, RefreshCw } from 'lucide'
import { useState } from 'preact/hooks'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { List } from '../components/list-row.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { isOpen, RequestRow } from '../parts/request-row.tsx'
import { useAct, useSnapshot } from '../snapshot.ts'

/** What waits for an answer, and what was answered. The answer itself is given in the approval window. */
export function RequestsPage() {
  const list = useSnapshot('requests.list', {})
  const open = useAct((id: `0x${string}`) => ask('requests.open', { id }))
  return (
    <>
      <div class="page-head">
        <h1>Requests</h1>
        <p class="muted">What hospitals ask of you. Each opens in its own window, where you answer.</p>
      </div>
      <CheckMessages />
      <Failure error={open.error} />
      <Loaded snapshot={list} label="Fetching your requests…">
        {({ requests }) => {
          const sorted = [...requests].sort((one, other) => other.receivedAt - one.receivedAt)
          const waiting = sorted.filter(
            (request) => isOpen(request) || (request.state === 'failed' && request.failure?.retryable),
          )
          const past = sorted.filter((request) => !waiting.includes(request))
          if (sorted.length === 0) {
            return (
              <EmptyState icon={Inbox} title="No requests">
                <p>When a hospital sends you a record or asks to see some, it waits here until you answer.</p>
              </EmptyState>
            )
          }
          return (
            <>
              <section class="stack-small">
                <h2>Waiting</h2>
                {waiting.length === 0 && <p class="muted">Nothing waits for you.</p>}
                {waiting.length > 0 && (
                  <List label="Waiting">
                    {waiting.map((request) => (
                      <RequestRow key={request.id} request={request} onOpen={() => open.run(request.id)} />
                    ))}
                  </List>
                )}
              </section>
              {past.length > 0 && (
                <section class="stack-small">
                  <h2>Past</h2>
                  <List label="Past">
                    {past.map((request) => (
                      <RequestRow key={request.id} request={request} />
                    ))}
                  </List>
                </section>
              )}
            </>
          )
        }}
      </Loaded>
    </>
  )
}

function CheckMessages() {
  const [found, setFound] = useState<number | null>(null)
  const check = useAct(async () => setFound((await ask('inbox.check', {})).found))
  return (
    <>
      <div class="row">
        <Button icon={RefreshCw} busy={check.running && 'Asking your relay…'} onClick={check.run}>
          Check for messages
        </Button>
        <p class="muted" aria-live="polite">
          {found === 0 && 'No new messages.'}
          {found === 1 && '1 new message.'}
          {found !== null && found > 1 && `${found} new messages.`}
        </p>
      </div>
      <Failure error={check.error} />
    </>
  )
}
