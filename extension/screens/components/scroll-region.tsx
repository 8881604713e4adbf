import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import './scroll-region.css'

/** A part that scrolls by itself. It takes the focus, so that the keyboard can scroll it too. */
export function ScrollRegion({ label, children }: { label: string; children: ComponentChildren }) {
  const ref = useRef<HTMLElement>(null)
  useEffect(() => {
    if (ref.current) ref.current.tabIndex = 0
  }, [])
  return (
    <section ref={ref} class="scroll-region" aria-label={label}>
      {children}
    </section>
  )
}
