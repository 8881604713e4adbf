import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import './card.css'

/** A titled region. `tone` quiet stands in the page without an edge. */
export function Card({
  title,
  action,
  children,
}: {
  title?: string
  action?: ComponentChildren
  children: ComponentChildren
}) {
  const id = useId()
  return (
    <section class="card" aria-labelledby={title ? id : undefined}>
      {title && (
        <div class="spread">
          <h2 id={id}>{title}</h2>
          {action}
        </div>
      )}
      {children}
    </section>
  )
}

/** Names and values, as a summary list. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div class="fact" key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A short state in words. */
export function Badge({
  children,
  tone = 'neutral',
}: {
  children: ComponentChildren
  tone?: 'neutral' | 'good' | 'caution'
}) {
  return <span class={`badge badge-${tone}`}>{children}</span>
}
