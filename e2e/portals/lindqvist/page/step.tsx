import type { ComponentChildren } from 'preact'

export function Step(props: {
  number: number
  title: string
  done: boolean
  off?: boolean
  children: ComponentChildren
}) {
  return (
    <section
      class={`step${props.done ? ' done' : ''}${props.off ? ' off' : ''}`}
      aria-labelledby={`step-${props.number}`}
      data-testid={`step-${props.number}`}
    >
      <span class="number" aria-hidden="true">
        {props.done ? '✓' : props.number}
      </span>
      <div>
        <h2 id={`step-${props.number}`}>{props.title}</h2>
        {props.children}
      </div>
    </section>
  )
}
