import { ask } from '../ask.ts'
import { List } from '../components/list-row.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { isOpen, RequestRow } from '../parts/request-row.tsx'
import { useAct, useSnapshot } from '../snapshot.ts'

/** What waits for an answer; a row opens the approval window. */
export function Waiting() {
  const list = useSnapshot('requests.list', {})
  const open = useAct((id: `0x${string}`) => ask('requests.open', { id }))
  return (
    <section class="stack-small">
      <h2>Waiting for you</h2>
      <Failure error={open.error} />
      <Loaded snapshot={list} label="Fetching your requests…">
        {({ requests }) => {
          const waiting = requests.filter(isOpen).sort((one, other) => one.receivedAt - other.receivedAt)
          if (waiting.length === 0) return <p class="muted">Nothing waits for you.</p>
          return (
            <List label="Waiting for you">
              {waiting.map((request) => (
                <RequestRow key={request.id} request={request} onOpen={() => open.run(request.id)} />
              ))}
            </List>
          )
        }}
      </Loaded>
    </section>
  )
}
