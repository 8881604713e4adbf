import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { UiMessage } from '../messages.ts'
import { type Asked, type Asking, ask, onChange } from './ask.ts'

export type Snapshot<T> =
  | { state: 'loading' }
  | { state: 'failed'; error: unknown; reload: () => void }
  | { state: 'ready'; value: T; reload: () => void }

/** Asks once, and again on every change; keeps showing the last answer meanwhile. */
export function useSnapshot<K extends UiMessage>(type: K, request: Asking<K>): Snapshot<Asked<K>> {
  const [snapshot, setSnapshot] = useState<Snapshot<Asked<K>>>({ state: 'loading' })
  const text = JSON.stringify(request)
  useEffect(() => {
    let newest = 0
    const load = () => {
      newest += 1
      const mine = newest
      ask(type, JSON.parse(text) as Asking<K>).then(
        (value) => mine === newest && setSnapshot({ state: 'ready', value, reload: load }),
        (error: unknown) => mine === newest && setSnapshot({ state: 'failed', error, reload: load }),
      )
    }
    setSnapshot({ state: 'loading' })
    load()
    const stop = onChange(load)
    return () => {
      newest = Number.POSITIVE_INFINITY
      stop()
    }
  }, [type, text])
  return snapshot
}

export interface Act<A extends unknown[]> {
  run: (...args: A) => void
  running: boolean
  error: unknown
  clear: () => void
}

/** Something a person starts: runs once at a time, keeps its error. */
export function useAct<A extends unknown[]>(work: (...args: A) => Promise<unknown>): Act<A> {
  const [state, setState] = useState<{ running: boolean; error: unknown }>({ running: false, error: null })
  const latest = useRef(work)
  latest.current = work
  const busy = useRef(false)
  const run = useCallback((...args: A) => {
    if (busy.current) return
    busy.current = true
    setState({ running: true, error: null })
    latest.current(...args).then(
      () => {
        busy.current = false
        setState({ running: false, error: null })
      },
      (error: unknown) => {
        busy.current = false
        setState({ running: false, error })
      },
    )
  }, [])
  const clear = useCallback(() => setState({ running: false, error: null }), [])
  return { run, running: state.running, error: state.error, clear }
}
