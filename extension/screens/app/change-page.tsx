import { ArrowLeft, FileX2 } from 'lucide'
import { useState } from 'preact/hooks'
import type { GrantView } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { Card, Facts } from '../components/card.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icon.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useAct, useSnapshot } from '../snapshot.ts'
import { recordsInWords } from '../words/sentences.ts'
import { capitalized, momentInWords, readerNow } from '../words/time.ts'
import { countByCategory } from './grants.ts'
import { goTo } from './router.ts'
import './change-page.css'

/** Narrows or extends a sharing that runs: choose, check your answers, sign. */
export function ChangePage({ id }: { id: string }) {
  const list = useSnapshot('grants.list', {})
  return (
    <>
      <a class="back" href={`#/sharing/${id}`}>
        <Icon node={ArrowLeft} size={16} />
        Back to this consent
      </a>
      <Loaded snapshot={list} label="Fetching this consent…">
        {({ grants }) => {
          const grant = grants.find(({ grantId }) => grantId === id)
          if (grant?.status !== 'active' || grant.reviewFor) return <NotNow />
          return <Change key={id} grant={grant} />
        }}
      </Loaded>
    </>
  )
}

const NotNow = () => (
  <EmptyState alone tone="neutral" icon={FileX2} title="This consent cannot be changed">
    <p>Only one that runs can be. Your consents are all under Sharing.</p>
  </EmptyState>
)

const day = 24 * 60 * 60
const days = [1, 7, 30, 90]

function Change({ grant }: { grant: GrantView }) {
  const { organization, records } = grant
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [until, setUntil] = useState(grant.notAfter)
  const [checking, setChecking] = useState(false)
  // Of the moment at which the page was opened: the choices must not move under the reader.
  const [now] = useState(() => readerNow().now)
  const chosen = records.filter(({ commitment }) => !left.has(commitment))
  const changed = left.size > 0 || until !== grant.notAfter
  const replace = useAct(async () => {
    const commitments = chosen.map(({ commitment }) => commitment)
    const next = await ask('grants.replace', { grantId: grant.grantId, commitments, notAfter: until })
    goTo(`/sharing/${next.grantId}`)
  })
  const toggle = (commitment: string) => {
    const next = new Set(left)
    if (!next.delete(commitment)) next.add(commitment)
    setLeft(next)
  }
  if (checking) {
    return (
      <>
        <h1>Check your answers</h1>
        <Card>
          <Facts
            facts={[
              ['Who', organization.name],
              [
                'May open',
                `${recordsInWords(countByCategory(chosen))}${left.size > 0 ? `, ${left.size} fewer than now` : ', as now'}`,
              ],
              ['Until', capitalized(momentInWords(until))],
              [
                'Until now',
                `${recordsInWords(countByCategory(records))} until ${momentInWords(grant.notAfter)}`,
              ],
            ]}
          />
          <p class="muted">
            One signature ends the old consent and begins the new one. {organization.name} is told. What it
            opened before cannot be unseen.
          </p>
        </Card>
        <div class="row">
          <Button onClick={() => setChecking(false)}>Go back</Button>
          <Button kind="primary" busy={replace.running && 'Changing it…'} onClick={replace.run}>
            Change it now
          </Button>
        </div>
        <Failure error={replace.error} />
      </>
    )
  }
  return (
    <>
      <h1>Change what {organization.name} may open</h1>
      <Card title="Which records">
        <div class="change-choices">
          {records.map(({ commitment, title }) => (
            <label class="change-choice" key={commitment}>
              <input type="checkbox" checked={!left.has(commitment)} onChange={() => toggle(commitment)} />
              <span>{title}</span>
            </label>
          ))}
        </div>
        <p class="small muted">To let it open more, wait until it asks: then you see what for.</p>
      </Card>
      <Card title="Until when">
        <div class="change-choices">
          <Until
            text={`${capitalized(momentInWords(grant.notAfter))}, as now`}
            at={grant.notAfter}
            {...{ until, setUntil }}
          />
          {days.map((count) => (
            <Until
              key={count}
              text={count === 1 ? '1 day from now' : `${count} days from now`}
              at={now + count * day}
              {...{ until, setUntil }}
            />
          ))}
        </div>
      </Card>
      {chosen.length === 0 && <p>Keep at least one record, or stop sharing on the page before.</p>}
      <div>
        <Button kind="primary" disabled={!changed || chosen.length === 0} onClick={() => setChecking(true)}>
          Continue
        </Button>
      </div>
    </>
  )
}

function Until(props: { text: string; at: number; until: number; setUntil: (at: number) => void }) {
  const { text, at, until, setUntil } = props
  return (
    <label class="change-choice">
      <input type="radio" name="until" checked={until === at} onChange={() => setUntil(at)} />
      <span>{text}</span>
    </label>
  )
}
