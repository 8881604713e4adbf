import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** What the reader checks before answering. It takes the focus, so that the keyboard can scroll a long one. */
export function ReviewPage({ children }: { children: ComponentChildren }) {
  const ref = useRef<HTMLElement>(null)
  useEffect(() => {
    if (ref.current) ref.current.tabIndex = 0
  }, [])
  return (
    <main ref={ref} class="approval-main">
      {children}
    </main>
  )
}
