import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Progress } from '../components/progress.tsx'
import type { Snapshot } from '../snapshot.ts'
import { Failure } from './failure.tsx'

/** A wait shorter than this shows nothing: a bar that comes and goes would only blink. */
const quietMs = 600

/** A snapshot's three states: what is being fetched, what went wrong, or the thing itself. */
export function Loaded<T>(props: {
  snapshot: Snapshot<T>
  label: string
  children: (value: T) => ComponentChildren
}) {
  const { snapshot, label, children } = props
  if (snapshot.state === 'loading') return <Waiting label={label} />
  if (snapshot.state === 'failed') return <Failure error={snapshot.error} onRetry={snapshot.reload} />
  return <>{children(snapshot.value)}</>
}

export function Waiting({ label }: { label: string }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), quietMs)
    return () => clearTimeout(timer)
  }, [])
  return shown ? <Progress label={label} /> : null
}
